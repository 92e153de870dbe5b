"""The masks people ask for, as slices: packed documents, windows, block-causal video, prefixes.

Every builder takes ``offset``, the row of the packed sequence at which it begins (queries and keys alike), so masks of
clips or documents are laid side by side by adding up lengths.
"""

from collections.abc import Sequence

from kernels.errors import UnsupportedInput
from kernels.planning.ranges import Range
from kernels.planning.slices import AttentionSlice, SliceKind

Mask = tuple[AttentionSlice, ...]


def full_slices(queries: Sequence[tuple[int, int]], keys: Sequence[tuple[int, int]]) -> Mask:
    """One full slice per pair of ranges.

    Raises:
        UnsupportedInput: If there are not as many of the one as of the other.
    """
    if len(queries) != len(keys):
        raise UnsupportedInput(f"one key range per query range, got {len(keys)} for {len(queries)}")
    return tuple(
        AttentionSlice(queries=Range(*rows), keys=Range(*seen)) for rows, seen in zip(queries, keys, strict=True)
    )


def packed(lengths: Sequence[int], *, kind: SliceKind = SliceKind.FULL) -> Mask:
    """Documents side by side that do not see one another, each full or causal inside."""
    slices: list[AttentionSlice] = []
    start = 0
    for length in lengths:
        rows = Range(start, start + length)
        slices.append(AttentionSlice(queries=rows, keys=rows, kind=kind))
        start += length
    return tuple(slices)


def sliding_window(length: int, *, left: int, right: int, offset: int = 0) -> Mask:
    """Row i sees the keys ``[i - left, i + right]``; -1 is without limit.

    Returns:
        At most three slices.

    Raises:
        UnsupportedInput: If a side is below -1.
    """
    if min(left, right) < -1:
        raise UnsupportedInput(f"the sides of a window must be at least -1, got {left} and {right}")
    if length < 1:
        return ()
    left, right = (length - 1 if side == -1 else min(side, length - 1) for side in (left, right))
    if left + right + 1 <= length:
        parts = (
            ((0, left), (0, left + right), SliceKind.CAUSAL),
            ((left, length - right), (0, length), SliceKind.BI_CAUSAL),
            ((length - right, length), (length - right - left, length), SliceKind.INV_CAUSAL),
        )
    else:
        parts = (
            ((0, length - right), (0, length), SliceKind.CAUSAL),
            ((length - right, left + 1), (0, length), SliceKind.FULL),
            ((left + 1, length), (1, length), SliceKind.INV_CAUSAL),
        )
    return _placed(parts, offset)


def causal_window_with_global(length: int, *, left: int, global_keys: int, offset: int = 0) -> Mask:
    """Row i sees ``[i - left, i]`` and the first ``global_keys`` keys, never the future."""
    seen_all = min(length, global_keys + left)
    parts = (
        ((0, seen_all), (0, seen_all), SliceKind.CAUSAL),
        ((seen_all, length), (global_keys, length), SliceKind.BI_CAUSAL),
        ((seen_all, length), (0, global_keys), SliceKind.FULL),
    )
    return _placed(parts, offset)


def prefix_lm(length: int, *, prefix: int, offset: int = 0) -> Mask:
    """The first rows see one another, the rest is causal."""
    parts = (
        ((0, prefix), (0, prefix), SliceKind.FULL),
        ((prefix, length), (0, length), SliceKind.CAUSAL),
    )
    return _placed(parts, offset)


def block_causal(length: int, *, block: int, span: int | None = None, offset: int = 0) -> Mask:
    """Video: a chunk of ``block`` tokens sees itself and the chunks before it.

    Args:
        length: Tokens; the last chunk may be short.
        block: Tokens of a chunk, at least 1.
        span: How many chunks a chunk sees, itself counted; None is all.
        offset: The row at which the clip begins.

    Returns:
        One full slice per chunk.

    Raises:
        UnsupportedInput: If ``block`` or ``span`` is below 1.
    """
    if block < 1 or (span is not None and span < 1):
        raise UnsupportedInput(f"block and span must be at least 1, got {block} and {span}")
    parts = []
    for start in range(0, length, block):
        stop = min(length, start + block)
        first = 0 if span is None else max(0, start - (span - 1) * block)
        parts.append(((start, stop), (first, stop), SliceKind.FULL))
    return _placed(parts, offset)


def _placed(parts: Sequence[tuple[tuple[int, int], tuple[int, int], SliceKind]], offset: int) -> Mask:
    """Slices from local numbers, without those that have no queries."""
    return tuple(
        AttentionSlice(
            queries=Range(queries[0] + offset, queries[1] + offset),
            keys=Range(keys[0] + offset, keys[1] + offset),
            kind=kind,
        )
        for queries, keys, kind in parts
        if queries[0] < queries[1]
    )
