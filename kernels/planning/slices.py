"""One piece of an attention mask: a rectangle of queries and keys whose sides may lean.

Row ``i`` of a slice with n queries sees the keys ``[lo(i), hi(i))``::

    lo(i) = keys.start + (i          if the left edge moves else 0)
    hi(i) = keys.stop  - (n - 1 - i  if the right edge moves else 0)

so a causal slice is aligned at its bottom right corner and an inverse causal one at its top left. A mask is a set of
slices in which no (query, key) cell lies in two.
"""

from dataclasses import dataclass
from enum import IntEnum

from kernels.planning.ranges import Range, check_range


class SliceKind(IntEnum):
    """Which edges move one key per query: bit 0 the right one, bit 1 the left one."""

    FULL = 0
    CAUSAL = 1
    INV_CAUSAL = 2
    BI_CAUSAL = 3

    @property
    def right_moves(self) -> bool:
        """Whether later queries see further."""
        return bool(self & 1)

    @property
    def left_moves(self) -> bool:
        """Whether later queries forget the first keys."""
        return bool(self & 2)


@dataclass(frozen=True, kw_only=True, slots=True)
class AttentionSlice:
    """Queries that see keys, by one rule; empty slices are allowed and cover nothing.

    Raises:
        UnsupportedInput: If a range is negative or turned round.
    """

    queries: Range
    keys: Range
    kind: SliceKind = SliceKind.FULL

    def __post_init__(self) -> None:
        check_range(self.queries, "queries of a slice")
        check_range(self.keys, "keys of a slice")

    @property
    def area(self) -> int:
        """How many (query, key) cells are visible."""
        queries, keys = self.queries.length, self.keys.length
        if self.kind is SliceKind.FULL:
            return queries * keys
        if self.kind is SliceKind.BI_CAUSAL:
            # With more queries than keys + 1 the band has a negative width: nothing is visible, not less than nothing.
            return queries * max(0, keys - queries + 1)
        if queries <= keys:
            return queries * (2 * keys - queries + 1) // 2
        return keys * (keys + 1) // 2

    def visible(self, query: int) -> Range:
        """The keys that one of its queries sees.

        Args:
            query: A row of the whole sequence, inside ``queries``.

        Returns:
            The keys; ``Range(keys.start, keys.start)`` if there are none.
        """
        start, stop = self.keys
        if self.kind.left_moves:
            start += query - self.queries.start
        if self.kind.right_moves:
            stop -= self.queries.stop - 1 - query
        return Range(start, stop) if start < stop else Range(self.keys.start, self.keys.start)
