"""How many key rows an assignment moves, counted with integers as bit sets.

The borders of all chunks and all needs cut the keys into stretches that are needed whole or not at all; a stretch is
one bit. Its rows are written in binary over bit planes, so the rows of any set are a few population counts, exact and
independent of how long the sequence is.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from kernels.planning.baselines import Assignment
from kernels.planning.ranges import Range
from kernels.planning.workload import Workload


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyBits:
    """The keys of a workload as bits; made by ``encode``.

    ``owns[i]`` and ``needs[i]`` are the stretches that chunk i holds and those it sees; ``planes`` are pairs of a
    number of rows and the stretches that count so many.
    """

    owns: tuple[int, ...]
    needs: tuple[int, ...]
    planes: tuple[tuple[int, int], ...]

    def rows(self, bits: int) -> int:
        """Rows in a set of stretches."""
        counted = 0
        for rows, plane in self.planes:
            counted += rows * (bits & plane).bit_count()
        return counted


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """What an assignment asks of each rank."""

    areas: tuple[int, ...]
    received: tuple[int, ...]

    @property
    def total_received(self) -> int:
        """Key rows that travel in all."""
        return sum(self.received)


def encode(work: Workload, *, unit: int = 1) -> KeyBits:
    """Give every stretch of keys its bit.

    Args:
        work: The workload.
        unit: Stretches are rounded to multiples of so many rows; 1 is exact, more counts faster.
    """
    borders = {0} | {chunk.stop for chunk in work.chunks}
    borders.update(border for need in work.needs for rows in need for border in rows)
    ascending = sorted(borders)
    place = {border: bit for bit, border in enumerate(ascending)}

    def bits(ranges: Iterable[Range]) -> int:
        return sum((1 << place[stop]) - (1 << place[start]) for start, stop in ranges)

    sizes = [(stop - start + unit // 2) // unit for start, stop in itertools.pairwise(ascending)]
    return KeyBits(
        owns=tuple(bits((chunk,)) for chunk in work.chunks),
        needs=tuple(map(bits, work.needs)),
        planes=tuple((rows * unit, plane) for rows, plane in _planes(sizes)),
    )


def weigh(work: Workload, assignment: Assignment, keys: KeyBits | None = None) -> Load:
    """Cells and received rows of every rank.

    Args:
        work: The workload.
        assignment: Its chunks by rank.
        keys: ``encode(work)``, if it is there already.
    """
    keys = keys or encode(work)
    areas, received = [], []
    for held in assignment:
        owned = needed = 0
        for chunk in held:
            owned |= keys.owns[chunk]
            needed |= keys.needs[chunk]
        areas.append(sum(work.areas[chunk] for chunk in held))
        received.append(keys.rows(needed & ~owned))
    return Load(areas=tuple(areas), received=tuple(received))


def _planes(sizes: list[int]) -> tuple[tuple[int, int], ...]:
    """Few pairs (rows, stretches) that add up to the size of each stretch."""
    by_size = _collect((size, bit) for bit, size in enumerate(sizes) if size)
    by_power = _collect(
        (1 << power, bit)
        for bit, size in enumerate(sizes)
        for power in range(size.bit_length())
        if size >> power & 1
    )  # fmt: skip
    return min(by_size, by_power, key=len)


def _collect(pairs: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The bits that carry the same number, as one integer per number."""
    planes: dict[int, int] = {}
    for rows, bit in pairs:
        planes[rows] = planes.get(rows, 0) | 1 << bit
    return tuple(planes.items())
