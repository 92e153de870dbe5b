"""Attention over slices against PyTorch's: on a processor always, on a GPU where there is one."""

import argparse
import os
from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from kernels.attention.op import attention
from kernels.benchmark import attention_gpu
from kernels.benchmark.timing import time_pair
from kernels.errors import UnsupportedInput
from kernels.planning.masks import Mask, block_causal
from kernels.planning.ranges import Range
from kernels.planning.slices import AttentionSlice

HELP = "attention over slices against SDPA and FlexAttention"
# What a full mask in eight slices may take, as a share of SDPA's time on the whole (one call, no slices).
CUT_LIMIT = 1.25
CUT_SHAPE = (1536, 7680)
HEAD_SIZE = 64
BLOCK_TOKENS = 384
CHUNKS = (4, 8, 16)


def add_options(parser: argparse.ArgumentParser) -> None:
    """What can be chosen."""
    parser.add_argument("--turns", type=int, default=9, help="how often each is timed (9)")
    parser.add_argument("--threads", type=int, help="threads of PyTorch (its own choice)")
    parser.add_argument("--heads", type=int, nargs="+", default=[1, 6], help="heads on the processor (1 6)")


def run(chosen: argparse.Namespace) -> Iterator[str]:
    """The figures, line by line.

    Raises:
        UnsupportedInput: If a number is below 1.
    """
    if min(chosen.turns, *chosen.heads, chosen.threads or 1) < 1:
        raise UnsupportedInput("turns, threads and heads must be at least 1")
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    policy = os.getenv("OMP_WAIT_POLICY", "not set")  # noqa: TID251 - said beside the figures, which hang on it
    yield f"processor: {torch.get_num_threads()} threads, OMP_WAIT_POLICY {policy}, float32, heads of {HEAD_SIZE}"
    for heads in chosen.heads:
        yield from _cut_full_mask(heads, chosen.turns)
        yield from _block_causal(heads, chosen.turns)
    yield from attention_gpu.report(chosen.turns)


def cut_in_eight(queries: int, keys: int) -> Mask:
    """A full mask as two by four slices."""
    return tuple(
        AttentionSlice(
            queries=Range(queries * row // 2, queries * (row + 1) // 2),
            keys=Range(keys * column // 4, keys * (column + 1) // 4),
        )
        for row in range(2)
        for column in range(4)
    )


def _cut_full_mask(heads: int, turns: int) -> Iterator[str]:
    """Forward, and both ways, on a full mask that comes in eight slices."""
    inputs = _draw(*CUT_SHAPE, heads)
    mask = cut_in_eight(*CUT_SHAPE)
    whole = query, key, value = tuple(part.transpose(1, 2).contiguous() for part in inputs)
    pair = time_pair(_forward(inputs, mask), lambda: F.scaled_dot_product_attention(query, key, value), turns=turns)
    yield (
        f"full {CUT_SHAPE[0]}x{CUT_SHAPE[1]} in 8 slices, {heads} heads, forward: {1e3 * pair.first:.1f} ms, "
        f"SDPA {1e3 * pair.second:.1f} ms, ratio {pair.ratio:.3f} of at most {CUT_LIMIT}"
    )
    pair = time_pair(
        _there_and_back(lambda query, key, value: attention(query, key, value, mask).out, inputs),
        _there_and_back(F.scaled_dot_product_attention, whole),
        turns=max(1, turns // 3),
    )
    yield f"  forward and backward: {1e3 * pair.first:.1f} ms, SDPA {1e3 * pair.second:.1f} ms, ratio {pair.ratio:.3f}"


def _block_causal(heads: int, turns: int) -> Iterator[str]:
    """Time per visible cell against that of a full mask of the same size: 1 is in proportion."""
    for chunks in CHUNKS:
        rows = chunks * BLOCK_TOKENS
        inputs = _draw(rows, rows, heads)
        mask = block_causal(rows, block=BLOCK_TOKENS)
        full = (AttentionSlice(queries=Range(0, rows), keys=Range(0, rows)),)
        pair = time_pair(_forward(inputs, mask), _forward(inputs, full), turns=turns)
        share = sum(part.area for part in mask) / rows**2
        yield (
            f"block-causal {rows} tokens in chunks of {BLOCK_TOKENS}, {heads} heads: {share:.3f} of the cells "
            f"in {pair.ratio:.3f} of the time, {pair.ratio / share:.3f} per cell"
        )


def _forward(inputs: Sequence[Tensor], mask: Mask) -> Callable[[], object]:
    query, key, value = inputs
    return lambda: attention(query, key, value, mask)


def _there_and_back(call: Callable[..., Tensor], inputs: Sequence[Tensor]) -> Callable[[], object]:
    leaves = [part.detach().requires_grad_() for part in inputs]

    def both_ways() -> object:
        out = call(*leaves)
        return torch.autograd.grad(out, leaves, torch.ones_like(out))

    return both_ways


def _draw(queries: int, keys: int, heads: int) -> list[Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.randn(1, rows, heads, HEAD_SIZE, generator=generator) for rows in (queries, keys, keys)]
