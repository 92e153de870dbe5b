"""Assignments that know nothing of communication: what ours starts from and is measured against.

An assignment names for each rank the chunks it holds, ascending. All ranks hold equally many, or, where the chunks do
not divide, the first ranks one more.
"""

import heapq
from collections.abc import Sequence
from typing import TypeAlias

from kernels.errors import UnsupportedInput

Assignment: TypeAlias = tuple[tuple[int, ...], ...]


def quotas(chunks: int, ranks: int) -> list[int]:
    """How many chunks each rank holds.

    Raises:
        UnsupportedInput: If there are fewer chunks than ranks, or no rank.
    """
    if not 1 <= ranks <= chunks:
        raise UnsupportedInput(f"each rank must hold a chunk, got {chunks} chunks for {ranks} ranks")
    return [chunks // ranks + (rank < chunks % ranks) for rank in range(ranks)]


def contiguous(chunks: int, ranks: int) -> Assignment:
    """Each rank one stretch of the sequence: few rows travel, causal masks are far out of balance."""
    return _dealt(range(chunks), quotas(chunks, ranks))


def zigzag(chunks: int, ranks: int) -> Assignment:
    """Each rank a stretch from the front and its mirror image from the back: balances one causal document."""
    sizes = quotas(chunks, ranks)
    fronts = _dealt(range(chunks), [(size + 1) // 2 for size in sizes])
    backs = _dealt(range(chunks - 1, -1, -1), [size // 2 for size in sizes])
    return tuple(tuple(sorted(front + back)) for front, back in zip(fronts, backs, strict=True))


def min_heap(areas: Sequence[int], ranks: int) -> Assignment:
    """Always give the heaviest chunk left to the lightest rank that has room.

    Equal chunks go latest first, equal ranks lowest first.

    Args:
        areas: Cells per chunk.
        ranks: How many ranks.

    Source:
        MagiAttention's default dispatch (Apache-2.0 documentation), rebuilt from its description.
    """
    room = quotas(len(areas), ranks)
    held: list[list[int]] = [[] for _ in range(ranks)]
    lightest = [(0, rank) for rank in range(ranks)]
    for chunk in sorted(range(len(areas)), key=lambda index: (areas[index], index), reverse=True):
        area, rank = heapq.heappop(lightest)
        held[rank].append(chunk)
        if len(held[rank]) < room[rank]:
            heapq.heappush(lightest, (area + areas[chunk], rank))
    return tuple(tuple(sorted(chunks)) for chunks in held)


def _dealt(chunks: Sequence[int], sizes: Sequence[int]) -> Assignment:
    """Cut a sequence of chunks into consecutive pieces."""
    dealt, done = [], 0
    for size in sizes:
        dealt.append(tuple(chunks[done : done + size]))
        done += size
    return tuple(dealt)
