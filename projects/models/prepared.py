"""Queries whose SQL is made once in a process, and run with other values.

Django makes the SQL of a query anew each time. For the queries behind the answers that are asked for most, that took
three to six times as long as running them did, and all of it holds the interpreter, so that everybody waits. A prepared
query is an ordinary one, written with values that come later; its slow twin is the same query without them.
"""

import copy
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, Field, QuerySet

Row = TypeVar("Row")

# Made once for each number of values in a list; powers of two, so that these are few.
_Made = tuple["QuerySet[Any, Any]", Any, str, tuple[object, ...]]


class Later(Expression):
    """A value that is known only when the query runs."""

    def __init__(self, name: str, field: "Field[Any, Any]", number: int | None = None) -> None:
        super().__init__(output_field=field)
        self.name = name
        # Which of a list.
        self.number = number

    def as_sql(self, _compiler: object, _connection: object) -> tuple[str, Any]:
        """A place for the value, which stands for itself until then."""
        return "%s", (self,)

    def value(self, values: dict[str, Any], connection: Any) -> object:  # noqa: ANN401 - untyped there, too
        """What stands in its place, as the database takes it."""
        found = values[self.name] if self.number is None else values[self.name][self.number]
        if found is None:
            # Nothing equals NULL; the query would find nothing and say nothing.
            raise ValueError(f"a prepared query takes no None, got one for {self.name!r}")
        return self.output_field.get_db_prep_value(found, connection, prepared=False)


class Prepared(Generic[Row]):
    """A query with values that come later.

    Args:
        query: Makes it, given each value by name; a list of values is used with ``__in`` of a plain column
            (``project__id__in``), and must not be empty.
        fields: How the values are told to the database; those in ``lists`` are of the list's values.
        lists: Names of values that are lists.
    """

    def __init__(
        self, query: "Callable[..., QuerySet[Any, Row]]", *, lists: Sequence[str] = (), **fields: "Field[Any, Any]"
    ) -> None:
        self._query = query
        self._fields = fields
        self._lists = tuple(lists)
        self._made: dict[tuple[int, ...], _Made] = {}
        self._lock = Lock()

    def __call__(self, **values: object) -> list[Row]:
        """The rows."""
        return self.read(self.rows(**values))

    def rows(self, **values: object) -> list[tuple[Any, ...]]:
        """The rows as the database gives them; equal ones are read alike by :meth:`read`."""
        if values.keys() != self._fields.keys():
            raise TypeError(f"this query needs {sorted(self._fields)}, got {sorted(values)}")
        known: dict[str, Any] = {**values, **{name: _filled(values[name]) for name in self._lists}}
        _, compiler, sql, places = self._made_for(tuple(len(known[name]) for name in self._lists))
        connection = connections[DEFAULT_DB_ALIAS]
        params: Any = tuple(place.value(known, connection) if isinstance(place, Later) else place for place in places)
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            found = cursor.fetchall()
        # Columns that are there for the order alone come last.
        return [row[: compiler.col_count] for row in found] if compiler.has_extra_select else found

    def read(self, rows: Sequence[tuple[Any, ...]]) -> list[Row]:
        """What :meth:`rows` found, or some of it, as the plain query would give it."""
        # Of any length of its lists: the columns are the same.
        pattern, compiler, _, _ = next(iter(self._made.values()))
        # Django's own machinery turns rows into objects; it is only kept from asking the database.
        mine = copy.copy(compiler)
        mine.connection = connections[DEFAULT_DB_ALIAS]
        mine.execute_sql = lambda *_args, **_kwargs: [rows]
        found: Any = pattern._chain()  # type: ignore[attr-defined]  # noqa: SLF001 - a copy without its rows
        mine.query = found.query
        found.query.get_compiler = lambda *_args, **_kwargs: mine
        return list(found)

    def plain(self, **values: object) -> "QuerySet[Any, Row]":
        """The slow twin: the query as Django makes it."""
        return self._query(**values)

    def _made_for(self, lengths: tuple[int, ...]) -> _Made:
        made = self._made.get(lengths)
        if made is None:
            with self._lock:
                made = self._made[lengths] = self._make(lengths)
        return made

    def _make(self, lengths: tuple[int, ...]) -> _Made:
        several = dict(zip(self._lists, lengths, strict=True))
        places = {
            name: [Later(name, field, number) for number in range(several[name])]
            if name in several
            else Later(name, field)
            for name, field in self._fields.items()
        }
        pattern = self._query(**places)
        compiler = pattern.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        return pattern, compiler, sql, tuple(params)


def _filled(values: object) -> list[object]:
    """As many values as the next power of two, the last one again and again: it is found once anyway."""
    found = list(values) if isinstance(values, (list, tuple, set, frozenset)) else []
    if not found:
        raise ValueError("a list in a prepared query must have at least one value")
    return [*found, *[found[-1]] * ((1 << (len(found) - 1).bit_length()) - len(found))]
