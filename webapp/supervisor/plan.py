"""Which processes make a studio, and what each is told; plain values, nothing is started here."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# Rendering gives way to answering, and to files that somebody waits for.
_WORKER_NICENESS, _MEDIA_NICENESS = 10, 5
# Files opened at once: a picture does not wait for a clip of two minutes.
_MEDIA_THREADS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """One process to keep running."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    niceness: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class StudioPlan:
    """A studio on one machine."""

    root: Path
    data: Path
    host: str
    port: int
    redis_url: str
    secret_key: str
    # The environment it was started in.
    base: Mapping[str, str]

    @property
    def address(self) -> str:
        """Where people go."""
        shown = "localhost" if self.host in ("127.0.0.1", "0.0.0.0", "::1") else self.host  # noqa: S104 - compared
        return f"http://{_in_address(shown)}:{self.port}/"

    @property
    def ready_url(self) -> str:
        """Where the studio says whether it can work, reached from this machine."""
        reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - compared
        return f"http://{_in_address(reached)}:{self.port}/readyz"

    @property
    def known_host(self) -> str:
        """A name that the web process answers to: the first of those it serves."""
        first = self.base.get("SCENELOOM_HOSTS", "").split(",")[0].strip().lstrip(".")
        return first if first and first != "*" else "localhost"

    def environment(self, **more: str) -> dict[str, str]:
        """What every process of the studio is told."""
        return {
            **self.base,
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "webapp.settings",
            "SCENELOOM_DATA": str(self.data),
            "SCENELOOM_SECRET_KEY": self.secret_key,
            "REDIS_URL": self.redis_url,
            **more,
        }

    def programs(self) -> list[Program]:
        """Everything but Redis, in the order in which it is started."""
        python = sys.executable
        return [
            Program(
                name="web",
                command=(
                    python, "-m", "uvicorn", "--lifespan", "off", "--host", self.host, "--port", str(self.port),
                    "--ws-max-size", "65536", "--log-level", "warning", "webapp.asgi:application",
                ),
                environment=self.environment(),
            ),
            Program(
                name="dispatcher", command=(python, "manage.py", "dispatch"), environment=self.environment()
            ),
            Program(
                name="control",
                command=(*_celery(python, "webapp.celery", "control"), "-Q", "control"),
                environment=self.environment(),
            ),
            Program(
                name="media",
                command=(*_celery(python, "webapp.celery", "media", threads=_MEDIA_THREADS), "-Q", "media"),
                environment=self.environment(),
                niceness=_MEDIA_NICENESS,
            ),
            Program(
                name="files",
                command=(*_celery(python, "webapp.celery", "files"), "-Q", "files"),
                environment=self.environment(),
                niceness=_WORKER_NICENESS,
            ),
            self._worker("generation", queues="generation,generation.generation-1"),
            self._worker("decode", queues="decode"),
        ]  # fmt: skip

    def _worker(self, kind: str, *, queues: str) -> Program:
        name = f"{kind}-1"
        return Program(
            name=kind,
            command=(*_celery(sys.executable, "generation.serving.tasks", name), "-Q", queues),
            environment=self.environment(
                SCENELOOM_WORKER=name,
                SCENELOOM_WORKER_KIND=kind,
                # Threads that spin while they wait slow everything on a small machine.
                OMP_WAIT_POLICY=self.base.get("OMP_WAIT_POLICY", "PASSIVE"),
                GOMP_SPINCOUNT=self.base.get("GOMP_SPINCOUNT", "0"),
            ),
            niceness=_WORKER_NICENESS,
        )


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _celery(python: str, app: str, name: str, *, threads: int = 1) -> tuple[str, ...]:
    pool = ("-P", "threads", "-c", str(threads)) if threads > 1 else ("-P", "solo")
    return (
        python, "-m", "celery", "-A", app, "--quiet", "worker", *pool, "-n", f"{name}@%h", "-l", "warning",
        "--without-gossip", "--without-mingle",
    )  # fmt: skip


def restart_delay(deaths: int) -> float:
    """Seconds to wait before a process that died is started again: at once at first, then ever longer."""
    return 0.0 if deaths <= 1 else min(30.0, 0.5 * 2 ** (deaths - 1))
