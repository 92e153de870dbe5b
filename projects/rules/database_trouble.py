"""What ails a database that did not do its work: it is busy, its disk is full, or it is away."""

import sqlite3
from enum import Enum


class Trouble(Enum):
    """What a person is told, and does about it."""

    # Somebody else holds what is needed; it passes by itself.
    BUSY = "database_busy"
    FULL = "disk_full"
    # Lost, not to be reached, or its file cannot be read.
    AWAY = "database_away"
    # A fault of ours, such as a table that is not there.
    OURS = "server"


# Lower bytes of SQLite's result codes; the others say more exactly where.
_SQLITE = {
    sqlite3.SQLITE_BUSY: Trouble.BUSY,
    sqlite3.SQLITE_LOCKED: Trouble.BUSY,
    sqlite3.SQLITE_PROTOCOL: Trouble.BUSY,
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_IOERR: Trouble.AWAY,
    sqlite3.SQLITE_CANTOPEN: Trouble.AWAY,
    sqlite3.SQLITE_READONLY: Trouble.AWAY,
    sqlite3.SQLITE_CORRUPT: Trouble.AWAY,
    sqlite3.SQLITE_NOTADB: Trouble.AWAY,
    sqlite3.SQLITE_NOMEM: Trouble.BUSY,
}
# SQLSTATEs of PostgreSQL (its manual, appendix A), by their beginning; the longest that fits counts.
_POSTGRESQL = {
    "08": Trouble.AWAY,
    "57P": Trouble.AWAY,
    "58": Trouble.AWAY,
    "XX": Trouble.AWAY,
    "40": Trouble.BUSY,
    "53": Trouble.BUSY,
    "55": Trouble.BUSY,
    "57": Trouble.BUSY,
    "53100": Trouble.FULL,
}


def trouble_of(error: BaseException) -> Trouble:
    """What ails the database.

    Args:
        error: Of the driver (``sqlite3`` or psycopg), or one raised from it.
    """
    said = error.__cause__ or error
    code = getattr(said, "sqlite_errorcode", None)
    if isinstance(code, int):
        return _SQLITE.get(code & 0xFF, Trouble.OURS)
    if isinstance(said, sqlite3.Error):
        # The driver's own words, such as those about a connection that is closed.
        return Trouble.AWAY
    state = getattr(said, "sqlstate", None)
    if not isinstance(state, str):
        # Without an answer there is no state: the connection broke, was never made, or nobody gave one.
        return Trouble.AWAY
    fitting = [beginning for beginning in _POSTGRESQL if state.startswith(beginning)]
    return _POSTGRESQL[max(fitting, key=len)] if fitting else Trouble.OURS
