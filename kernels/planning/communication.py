"""Which key rows each rank gets from each other rank: every row it needs and lacks once, and no other."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from kernels.errors import UnsupportedInput
from kernels.planning.baselines import Assignment
from kernels.planning.ranges import Range, RangeSet, count_rows, merge, subtract
from kernels.planning.workload import Workload

# Keys and values travel together.
TENSORS = 2
Table: TypeAlias = tuple[tuple[RangeSet, ...], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Transfers:
    """Rows of the whole sequence by rank and peer; made by ``plan_transfers``.

    A receive buffer holds the rows of rank 0, then those of rank 1, and so on, ascending within each: what
    all-to-all-v delivers as it comes.
    """

    owned: tuple[RangeSet, ...]
    received: Table

    @property
    def sent(self) -> Table:
        """The same rows seen by their owners: ``sent[rank][peer]`` is ``received[peer][rank]``."""
        return tuple(zip(*self.received, strict=True))

    @property
    def received_rows(self) -> tuple[tuple[int, ...], ...]:
        """Rows by rank and peer: the output splits of all-to-all-v."""
        return tuple(tuple(count_rows(rows) for rows in by_peer) for by_peer in self.received)

    @property
    def sent_rows(self) -> tuple[tuple[int, ...], ...]:
        """Rows by rank and peer: the input splits of all-to-all-v."""
        return tuple(zip(*self.received_rows, strict=True))

    def received_bytes(self, rank: int, *, kv_heads: int, head_dim: int, element_bytes: int) -> int:
        """Bytes of keys and values that a rank gets.

        Raises:
            UnsupportedInput: If a size is below 1.
        """
        return sum(self.received_rows[rank]) * bytes_per_row(
            kv_heads=kv_heads, head_dim=head_dim, element_bytes=element_bytes
        )


def bytes_per_row(*, kv_heads: int, head_dim: int, element_bytes: int) -> int:
    """Bytes of one row of keys and values.

    Raises:
        UnsupportedInput: If a size is below 1.
    """
    if min(kv_heads, head_dim, element_bytes) < 1:
        raise UnsupportedInput(
            f"kv_heads, head_dim and element_bytes must be at least 1, got {kv_heads}, {head_dim} and {element_bytes}"
        )
    return TENSORS * kv_heads * head_dim * element_bytes


def plan_transfers(work: Workload, assignment: Assignment) -> Transfers:
    """Say for each rank what it lacks, and who has it."""
    holder = {chunk: rank for rank, held in enumerate(assignment) for chunk in held}
    owned = tuple(merge(work.chunks[chunk] for chunk in held) for held in assignment)
    received = []
    for rank, held in enumerate(assignment):
        lacking = subtract(merge(rows for chunk in held for rows in work.needs[chunk]), owned[rank])
        by_peer: list[list[Range]] = [[] for _ in assignment]
        for rows in lacking:
            for chunk, piece in _by_chunk(rows, work):
                by_peer[holder[chunk]].append(piece)
        received.append(tuple(map(merge, by_peer)))
    return Transfers(owned=owned, received=tuple(received))


def _by_chunk(rows: Range, work: Workload) -> Iterator[tuple[int, Range]]:
    """The pieces of a range that lie in each chunk."""
    chunk_rows = work.chunks[0].length
    for chunk in range(rows.start // chunk_rows, (rows.stop - 1) // chunk_rows + 1):
        start, stop = work.chunks[chunk]
        yield chunk, Range(max(start, rows.start), min(stop, rows.stop))
