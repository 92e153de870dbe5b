"""Swap chunks between ranks until few rows travel and no rank computes more than its cap.

Simulated annealing over swaps, which keep every rank's number of chunks. What a swap changes is told by bit sets of
two ranks only. Cells over the cap cost rows, more and more as it cools, so a search may start from an assignment that
is out of balance.
"""

import math
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from kernels.planning.baselines import Assignment
from kernels.planning.traffic import KeyBits
from kernels.planning.workload import Workload


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """How long and how hot to search; crosses imbalance early on and has left it at the end."""

    swaps: int
    # Rows, as shares of a chunk: a rise of so much is still taken about one time in three.
    hot: float = 1.0
    cold: float = 0.05
    # Cells over the cap cost so many times the rows of a chunk per mean area of a chunk.
    dear_at_first: float = 1.0
    dear_at_last: float = 5000.0


def strict_schedule(swaps: int) -> Schedule:
    """Never leave the cap: the only way where the balance is exact and leaves no slack to come back by."""
    return Schedule(swaps=swaps, hot=2.0, cold=0.1, dear_at_first=5000.0)


class Swap(NamedTuple):
    """The i-th chunk of one rank for the j-th of another."""

    first: int
    i: int
    second: int
    j: int


class SwapSearch:
    """One search; holds for each rank what it owns, needs and computes.

    A set of stretches needed by exactly one chunk of a rank tells what a chunk takes along when it leaves.
    """

    def __init__(self, work: Workload, keys: KeyBits, cap: int, start: Assignment) -> None:
        self._areas, self._keys, self._cap = work.areas, keys, cap
        self._chunk_rows = work.rows / len(work.chunks)
        self._chunk_area = max(1.0, sum(work.areas) / len(work.chunks))
        self._held = [list(chunks) for chunks in start]
        ranks = range(len(start))
        self._area = [sum(work.areas[chunk] for chunk in chunks) for chunks in start]
        self._own, self._need, self._alone = [0 for _ in ranks], [0 for _ in ranks], [0 for _ in ranks]
        for rank in ranks:
            self._recount(rank)
        self._rows = [keys.rows(self._need[rank] & ~self._own[rank]) for rank in ranks]

    def run(self, schedule: Schedule, random: Random) -> Assignment | None:
        """Search; deterministic for the same generator state.

        Returns:
            The assignment with the fewest rows received of all met within the cap; None if none was met.
        """
        held, ranks, draw = self._held, len(self._held), random.random
        total, over = sum(self._rows), self._over()
        # The swaps since the best assignment, to go back by: copying it each time would cost more than the search.
        since: list[Swap] = []
        least = math.inf if over else total
        heat = schedule.hot * self._chunk_rows
        cooling = (schedule.cold / schedule.hot) ** (1 / max(1, schedule.swaps))
        price = schedule.dear_at_first * self._chunk_rows / self._chunk_area
        rising = (schedule.dear_at_last / schedule.dear_at_first) ** (1 / max(1, schedule.swaps))
        for _ in range(schedule.swaps if ranks > 1 else 0):
            heat *= cooling
            price *= rising
            first = int(draw() * ranks)
            second = (first + 1 + int(draw() * (ranks - 1))) % ranks
            swap = Swap(first, int(draw() * len(held[first])), second, int(draw() * len(held[second])))
            spill = self._spill(swap)
            # How much better it must get, or may get worse, to be taken.
            allowed = -heat * math.log(1.0 - draw()) - price * spill
            if allowed < -self._rows[first] - self._rows[second]:
                continue
            rows = self._rows_after(swap)
            change = sum(rows) - self._rows[first] - self._rows[second]
            if change > allowed:
                continue
            self._apply(swap, rows)
            since.append(swap)
            total += change
            over += spill
            if total < least and over == 0:
                since, least = [], total
        return None if least == math.inf else self._undone(since)

    def _spill(self, swap: Swap) -> int:
        """Change in cells over the cap, were two chunks swapped."""
        shift = self._areas[self._held[swap.second][swap.j]] - self._areas[self._held[swap.first][swap.i]]
        a, b, cap = self._area[swap.first], self._area[swap.second], self._cap
        return max(0, a + shift - cap) - max(0, a - cap) + max(0, b - shift - cap) - max(0, b - cap)

    def _rows_after(self, swap: Swap) -> tuple[int, int]:
        """Rows that both ranks would receive."""
        first, i, second, j = swap
        one, other = self._held[first][i], self._held[second][j]
        needs, owns = self._keys.needs, self._keys.owns
        moved = owns[one] ^ owns[other]
        need_first = self._need[first] & ~(needs[one] & self._alone[first]) | needs[other]
        need_second = self._need[second] & ~(needs[other] & self._alone[second]) | needs[one]
        return (
            self._keys.rows(need_first & ~(self._own[first] ^ moved)),
            self._keys.rows(need_second & ~(self._own[second] ^ moved)),
        )

    def _apply(self, swap: Swap, rows: tuple[int, int]) -> None:
        first, i, second, j = swap
        one, other = self._held[first][i], self._held[second][j]
        self._held[first][i], self._held[second][j] = other, one
        shift = self._areas[other] - self._areas[one]
        self._area[first] += shift
        self._area[second] -= shift
        self._rows[first], self._rows[second] = rows
        self._recount(first)
        self._recount(second)

    def _recount(self, rank: int) -> None:
        """What a rank owns, what its chunks need, and what only one of them needs."""
        own = need = twice = 0
        for chunk in self._held[rank]:
            own |= self._keys.owns[chunk]
            twice |= need & self._keys.needs[chunk]
            need |= self._keys.needs[chunk]
        self._own[rank], self._need[rank], self._alone[rank] = own, need, need & ~twice

    def _over(self) -> int:
        return sum(max(0, area - self._cap) for area in self._area)

    def _undone(self, swaps: list[Swap]) -> Assignment:
        """The assignment before these swaps."""
        held = [list(chunks) for chunks in self._held]
        for first, i, second, j in reversed(swaps):
            held[first][i], held[second][j] = held[second][j], held[first][i]
        return tuple(tuple(sorted(chunks)) for chunks in held)
