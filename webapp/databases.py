"""The database of an address: SQLite in the data folder by default, PostgreSQL when told so."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# Several processes write; a short writer waits for another instead of failing.
_SQLITE_WAIT_SECONDS = 20


def database_of(address: str, *, data_folder: Path) -> dict[str, Any]:
    """Django's settings of one database.

    Args:
        address: ``postgresql://user:password@host:port/name``, ``sqlite:///path``, or empty for the
            default.
        data_folder: Where the default lies.

    Raises:
        ImproperlyConfigured: If the address is of neither kind.
    """
    parts = urlsplit(address)
    if not address or parts.scheme == "sqlite":
        path = Path(parts.path) if address else data_folder / "sceneloom.sqlite3"
        return sqlite(path)
    if parts.scheme in ("postgres", "postgresql"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or dict(parse_qsl(parts.query)).get("host", ""),
            "PORT": str(parts.port or ""),
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"pool": {"min_size": 1, "max_size": 8, "timeout": 20}},
        }
    raise ImproperlyConfigured(f"DATABASE_URL must begin with postgresql:// or sqlite:///, got {parts.scheme!r}")


def sqlite(path: Path) -> dict[str, Any]:
    """SQLite that loses nothing on a power cut and lets readers read beside one writer."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        # Opening it costs as much as a few queries.
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": _SQLITE_WAIT_SECONDS,
            # A transaction that will write says so at once, so two never deadlock half-way.
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
    }
