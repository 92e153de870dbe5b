"""Fused layers and e4m3 linears against PyTorch op by op and ``torch.compile``, at the released models' widths."""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional as F

from kernels.benchmark.timing import time_pair
from kernels.devices import Backend
from kernels.errors import UnsupportedInput
from kernels.gated_residual.op import gated_residual
from kernels.linear_fp8.op import has_e4m3_matmul, linear_fp8_rows, quantise_rows
from kernels.norm_rope.op import norm_rope
from kernels.swiglu.op import swiglu

HELP = "fused layers and e4m3 linears against eager PyTorch and torch.compile"
EPS = 1e-6
CHUNKS = 4
# Four chunks of 720 x 720 on a GPU, of 128 x 128 on a processor.
GPU_TOKENS, CPU_TOKENS = 48600, 1536
HEAD_SIZE, TURNED = 128, 48
# Widths of the residual stream and of the feed-forward, 4.5B and 24B.
WIDTHS = ((3072, 12288), (6144, 16384))


@dataclass(frozen=True, kw_only=True, slots=True)
class Layer:
    """Something to be timed: the same function of the same tensors in whichever way."""

    name: str
    tensors: tuple[Tensor, ...]
    run: Callable[..., Tensor]


def add_options(parser: argparse.ArgumentParser) -> None:
    """What can be chosen."""
    parser.add_argument("--turns", type=int, default=9, help="how often each is timed (9)")
    parser.add_argument("--tokens", type=int, help=f"tokens of four chunks ({GPU_TOKENS}; {CPU_TOKENS} without a GPU)")
    parser.add_argument("--widths", type=int, nargs="+", default=[3072, 6144], help="of the stream (3072 6144)")
    parser.add_argument("--without_compile", action="store_true", help="leave torch.compile out, which takes minutes")


def run(chosen: argparse.Namespace) -> Iterator[str]:
    """The figures, line by line.

    Raises:
        UnsupportedInput: If a number does not fit.
    """
    on_gpu = torch.cuda.is_available()
    tokens = (GPU_TOKENS if on_gpu else CPU_TOKENS) if chosen.tokens is None else chosen.tokens
    if chosen.turns < 1 or tokens < 1 or tokens % CHUNKS:
        raise UnsupportedInput(f"turns must be at least 1 and tokens a multiple of {CHUNKS}, got {tokens} tokens")
    known = dict(WIDTHS)
    if not set(chosen.widths) <= set(known):
        raise UnsupportedInput(f"widths must be among {', '.join(map(str, known))}, got {chosen.widths}")
    device, dtype = (torch.device("cuda"), torch.bfloat16) if on_gpu else (torch.device("cpu"), torch.float32)
    machine = torch.cuda.get_device_name() if on_gpu else f"processor, {torch.get_num_threads()} threads"
    yield f"{machine}, {str(dtype).removeprefix('torch.')}, {tokens} tokens in {CHUNKS} chunks"
    if not on_gpu:
        yield "fused layers: not run, there is no GPU; what is timed is op by op, which a processor runs"
    for width in chosen.widths:
        for layer in _layers(tokens, width, known[width], device, dtype):
            for direction in (_forward, _there_and_back):
                yield _line(layer, direction, chosen)
        yield _linear(tokens, width, known[width], device, chosen.turns)


def _layers(tokens: int, width: int, inner: int, device: torch.device, dtype: torch.dtype) -> Iterator[Layer]:
    draw = partial(_draw, device=device)
    head = (draw(HEAD_SIZE), draw(HEAD_SIZE), draw(tokens, TURNED), draw(tokens, TURNED))
    heads = draw(1, tokens, width // HEAD_SIZE, HEAD_SIZE).to(dtype)
    yield Layer(name=f"norm_rope, {heads.shape[2]} heads", tensors=(heads, *head), run=_norm_rope)
    stream, branch, gate = draw(1, tokens, width).to(dtype), draw(1, tokens, width), draw(1, CHUNKS, width).to(dtype)
    joined = (stream, branch, gate, draw(width), draw(width))
    yield Layer(name=f"gated_residual, {width} wide", tensors=joined, run=partial(gated_residual, eps=EPS))
    yield Layer(name=f"swiglu, {inner} wide", tensors=(draw(1, tokens, 2 * inner).to(dtype),), run=swiglu)


def _norm_rope(
    inputs: Tensor, scale: Tensor, bias: Tensor, sin: Tensor, cos: Tensor, *, backend: Backend | None
) -> Tensor:
    return norm_rope(inputs, scale, bias, (sin, cos), eps=EPS, dtype=inputs.dtype, backend=backend)


def _line(layer: Layer, direction: Callable[..., Callable[[], object]], chosen: argparse.Namespace) -> str:
    """One layer one way: the fused one, or on a processor op by op, and how many times as long the others take."""
    eager = partial(layer.run, backend=Backend.EAGER)
    fused = partial(layer.run, backend=None) if torch.cuda.is_available() else eager
    ours = direction(fused, layer.tensors)
    name = f"{layer.name}, {'forward' if direction is _forward else 'forward and backward'}"
    others: dict[str, Callable[..., Tensor]] = {} if fused is eager else {"eager": eager}
    if not chosen.without_compile:
        others["torch.compile"] = torch.compile(eager, dynamic=False)
    pairs = {
        which: time_pair(direction(other, layer.tensors), ours, turns=chosen.turns) for which, other in others.items()
    }
    taken = next(iter(pairs.values())).second if pairs else time_pair(ours, ours, turns=chosen.turns).second
    shown = "".join(f", {which} {pair.ratio:.2f} times as long" for which, pair in pairs.items())
    slower = fused is not eager and pairs["eager"].ratio <= 1
    return f"{name}: {1e3 * taken:.3f} ms{shown}{': slower than eager, to be removed' if slower else ''}"


def _forward(function: Callable[..., Tensor], tensors: tuple[Tensor, ...]) -> Callable[[], object]:
    def run() -> None:
        with torch.no_grad():
            function(*tensors)

    return run


def _there_and_back(function: Callable[..., Tensor], tensors: tuple[Tensor, ...]) -> Callable[[], object]:
    leaves = [tensor.detach().requires_grad_() for tensor in tensors]

    def run() -> None:
        result = function(*leaves)
        torch.autograd.grad(result, leaves, torch.ones_like(result))

    return run


def _linear(tokens: int, width: int, inner: int, device: torch.device, turns: int) -> str:
    """A linear on e4m3 weights with scales per row, quantising its inputs, against one on bfloat16 weights."""
    inputs, weight = (_draw(*shape, device=device).bfloat16() for shape in ((tokens, width), (inner, width)))
    values, scales = quantise_rows(weight)
    # On a processor products are emulated, and weights widened once.
    emulated = not has_e4m3_matmul(device)
    values = values.float() if emulated else values
    with torch.no_grad():
        pair = time_pair(
            lambda: F.linear(inputs, weight),
            lambda: linear_fp8_rows(inputs, values, weight_scales=scales),
            turns=turns,
        )
    how = ", emulated" if emulated else ""
    return (
        f"linear_fp8_rows, {width} to {inner}{how}: {1e3 * pair.second:.3f} ms, bfloat16 {pair.ratio:.2f} times as long"
    )


def _draw(*shape: int, device: torch.device) -> Tensor:
    generator = torch.Generator(device).manual_seed(0)
    return torch.randn(shape, generator=generator, device=device)
