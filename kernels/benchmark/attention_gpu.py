"""The Triton kernels against FlexAttention and SDPA on masks of video and text, in TFLOP/s."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from kernels.attention.op import Attended, AttentionOptions, attention
from kernels.benchmark.timing import once, time_pair
from kernels.planning.masks import Mask, block_causal, packed, sliding_window
from kernels.planning.ranges import Range
from kernels.planning.slices import AttentionSlice, SliceKind

HEADS, KV_HEADS, HEAD_SIZE = 16, 4, 128
LENGTHS = (8192, 16384, 32768, 65536)
# 24 frames at 256 pixels' worth, and a size that no tile divides.
CHUNKS = (1536, 2040)
WINDOW = 1024
# A multiplication and an addition, for queries by keys and for weights by values; five such products in the backward.
FORWARD_OPERATIONS, BACKWARD_OPERATIONS = 4, 10
# Least TFLOP/s, and least times FlexAttention's, by mask: forward, backward (H100 or H200, bfloat16).
LEAST = {"block-causal": (330.0, 1.15, 190.0, 1.1), "full": (390.0, 0.0, 0.0, 0.0)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A mask to be timed on."""

    name: str
    rows: int
    mask: Mask

    @property
    def area(self) -> int:
        """Visible cells."""
        return sum(part.area for part in self.mask)


def cases() -> Iterator[Case]:
    """All masks, short ones first."""
    for rows in LENGTHS:
        whole = Range(0, rows)
        yield Case(name="full", rows=rows, mask=(AttentionSlice(queries=whole, keys=whole),))
        yield Case(name="causal", rows=rows, mask=(AttentionSlice(queries=whole, keys=whole, kind=SliceKind.CAUSAL),))
        for chunk in CHUNKS:
            yield Case(name=f"block-causal {chunk}", rows=rows, mask=block_causal(rows, block=chunk))
        yield Case(name="packed causal", rows=rows, mask=packed([rows // 8] * 8, kind=SliceKind.CAUSAL))
        yield Case(name=f"window {WINDOW}", rows=rows, mask=sliding_window(rows, left=WINDOW, right=0))


def report(turns: int) -> Iterator[str]:
    """One line per mask and direction; without a GPU one line that says so."""
    if not torch.cuda.is_available():
        yield "GPU: not run, there is none"
        return
    yield f"GPU: {torch.cuda.get_device_name()}, bfloat16, {HEADS} heads over {KV_HEADS} of {HEAD_SIZE}"
    for case in cases():
        yield from _time(case, turns)


def _time(case: Case, turns: int) -> Iterator[str]:
    inputs = _draw(case.rows)
    ours, flex = (_forward(inputs, case.mask, backend) for backend in ("triton", "flex"))
    # The first call makes the block mask, compiles, and computes; later ones only compute.
    set_up = once(flex)
    pair = time_pair(ours, flex, turns=turns)
    yield _line(case, "forward", FORWARD_OPERATIONS, pair.first, pair.second) + f", set-up of Flex {set_up:.2f} s"
    if case.name in ("full", "causal"):
        query, key, value = (part.transpose(1, 2) for part in inputs)
        causal = case.name == "causal"
        sdpa = partial(F.scaled_dot_product_attention, query, key, value, is_causal=causal, enable_gqa=True)
        yield f"  {time_pair(ours, sdpa, turns=turns).ratio:.3f} of SDPA's time"
    pair = time_pair(_backward(ours, inputs), _backward(flex, inputs), turns=turns)
    yield _line(case, "backward", BACKWARD_OPERATIONS, pair.first, pair.second)


def _line(case: Case, direction: str, operations: int, ours: float, flex: float) -> str:
    work = operations * case.area * HEADS * HEAD_SIZE / 1e12
    line = (
        f"{case.name:20} {case.rows:6} {direction:8}: {work / ours:6.0f} TFLOP/s, Flex {work / flex:6.0f}, "
        f"{flex / ours:.2f} times as quick"
    )
    least = next((limits for name, limits in LEAST.items() if case.name.startswith(name)), None)
    if least is None:
        return line
    rate, times = least[:2] if direction == "forward" else least[2:]
    return f"{line} (at least {rate:.0f} and {times:.2f})" if rate else line


def _forward(inputs: Sequence[Tensor], mask: Mask, backend: str) -> Callable[[], Attended]:
    query, key, value = inputs
    options = AttentionOptions(backend=backend)
    return lambda: attention(query, key, value, mask, options=options)


def _backward(call: Callable[[], Attended], inputs: Sequence[Tensor]) -> Callable[[], object]:
    """The backward pass alone, of one forward pass that is kept."""
    for part in inputs:
        part.requires_grad_()
    out = call().out
    gradient = torch.ones_like(out)
    return lambda: torch.autograd.grad(out, list(inputs), gradient, retain_graph=True)


def _draw(rows: int) -> list[Tensor]:
    generator = torch.Generator("cuda").manual_seed(0)
    return [
        torch.randn(1, rows, heads, HEAD_SIZE, generator=generator, device="cuda", dtype=torch.bfloat16)
        for heads in (HEADS, KV_HEADS, KV_HEADS)
    ]
