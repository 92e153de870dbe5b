"""What each chunk of rows costs: how many cells its queries see, and which keys they need."""

from collections.abc import Sequence
from dataclasses import dataclass

from kernels.errors import UnsupportedInput
from kernels.planning.cover import check_within
from kernels.planning.cutting import cut_rows
from kernels.planning.ranges import Range, RangeSet, merge
from kernels.planning.slices import AttentionSlice

CHUNKS_PER_RANK = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Workload:
    """A sequence in chunks, queries and keys alike; made by ``measure``.

    Chunk i holds the rows ``chunks[i]``; its queries see ``areas[i]`` cells in the keys ``needs[i]``.
    """

    chunks: tuple[Range, ...]
    areas: tuple[int, ...]
    needs: tuple[RangeSet, ...]

    @property
    def rows(self) -> int:
        """Length of the sequence."""
        return self.chunks[-1].stop


def default_chunk_rows(rows: int, ranks: int) -> int:
    """Rows of a chunk when each rank is to hold eight."""
    return max(1, -(-rows // (CHUNKS_PER_RANK * ranks)))


def padded_rows(rows: int, *, ranks: int, chunk_rows: int) -> int:
    """The length to pad a sequence to for all ranks to hold equally many rows.

    Raises:
        UnsupportedInput: If a size is below 1.
    """
    if min(rows, ranks, chunk_rows) < 1:
        raise UnsupportedInput(
            f"rows, ranks and chunk_rows must be at least 1, got {rows}, {ranks} and {chunk_rows}"
        )  # fmt: skip
    return -(-rows // (ranks * chunk_rows)) * ranks * chunk_rows


def split_rows(rows: int, chunk_rows: int) -> tuple[Range, ...]:
    """A sequence as chunks; the last may be short.

    Raises:
        UnsupportedInput: If either is below 1.
    """
    if rows < 1 or chunk_rows < 1:
        raise UnsupportedInput(f"rows and chunk_rows must be at least 1, got {rows} and {chunk_rows}")
    return tuple(Range(start, min(rows, start + chunk_rows)) for start in range(0, rows, chunk_rows))


def measure(mask: Sequence[AttentionSlice], *, rows: int, chunk_rows: int) -> Workload:
    """Cut a self-attention mask into chunks of queries and weigh each.

    Args:
        mask: Slices; no cell in two of them.
        rows: Length of the sequence.
        chunk_rows: Rows of a chunk.

    Raises:
        UnsupportedInput: If a slice leaves the sequence, or a size is below 1.
    """
    chunks = split_rows(rows, chunk_rows)
    check_within(mask, queries=rows, keys=rows)
    areas = [0] * len(chunks)
    needs: list[list[Range]] = [[] for _ in chunks]
    for whole in mask:
        if not whole.queries.length:
            continue
        for index in range(whole.queries.start // chunk_rows, (whole.queries.stop - 1) // chunk_rows + 1):
            part = cut_rows(whole, chunks[index])
            if part is not None:
                # A trimmed slice has no key that nobody sees.
                areas[index] += part.area
                needs[index].append(part.keys)
    return Workload(chunks=chunks, areas=tuple(areas), needs=tuple(map(merge, needs)))
