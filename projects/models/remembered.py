"""What is made of the rows of a query, made once for each row that differs.

An answer that lists what ended long ago makes the same of it each time. Here the row itself, as the database gives it,
is what a thing is remembered by: whatever changes it, a new one is made, and nobody has to say so.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Generic, TypeVar

from projects.models.prepared import Prepared

Row = TypeVar("Row")
Thing = TypeVar("Thing")


class Remembered(Generic[Row, Thing]):
    """A prepared query whose rows are made into something.

    Args:
        query: Finds the rows.
        make: Makes something of one, of nothing but its columns; it is shared, so nobody may change it.
        most: Things that are kept; the one that was not asked for longest is dropped first.
    """

    def __init__(self, query: Prepared[Row], make: Callable[[Row], Thing], *, most: int) -> None:
        self._query = query
        self._make = make
        self._made = lru_cache(maxsize=most)(self._make_of)

    def __call__(self, **values: object) -> list[Thing]:
        """What its rows are made into, in their order."""
        return [self._made(row) for row in self._query.rows(**values)]

    def plain(self, **values: object) -> list[Thing]:
        """The slow twin: everything made anew, of what Django finds by itself."""
        return [self._make(row) for row in self._query.plain(**values)]

    def _make_of(self, row: tuple[Any, ...]) -> Thing:
        (found,) = self._query.read([row])
        return self._make(found)
