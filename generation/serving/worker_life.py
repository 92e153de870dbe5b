"""A worker says that it exists, what it is, and how it fares: every few seconds, from a thread of its own."""

import logging
import resource
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass

from generation.contract.messages import HEARTBEAT_SECONDS, WorkerAlive
from generation.serving.watching import Outlet

logger = logging.getLogger(__name__)


def rss_bytes() -> int:
    """The most memory that this process has had, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerFacts:
    """What does not change in a worker's life."""

    name: str
    # generation, decode
    kind: str
    queue: str
    preset: str
    device: str


class WorkerLife:
    """Sends :class:`~generation.contract.messages.WorkerAlive` until it is ended, and once more then."""

    def __init__(
        self, facts: WorkerFacts, outlet: Outlet, *, holds: Callable[[], str], seconds: float = HEARTBEAT_SECONDS
    ) -> None:
        """Stand ready.

        Args:
            facts: Who this is.
            outlet: Where the message goes.
            holds: The take in memory, asked each time.
            seconds: Between two messages.
        """
        self.last_error = ""
        self._facts = facts
        self._outlet = outlet
        self._holds = holds
        self._seconds = seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker-life", daemon=True)

    def begin(self) -> None:
        """Send the first message and go on."""
        self._thread.start()

    def end(self) -> None:
        """Say that the worker is stopping; nothing follows."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        self._say(stopping=True)

    def _run(self) -> None:
        self._say(stopping=False)
        while not self._over.wait(self._seconds):
            self._say(stopping=False)

    def _say(self, *, stopping: bool) -> None:
        self._outlet.send(
            WorkerAlive(
                worker=self._facts.name,
                role=self._facts.kind,
                queue=self._facts.queue,
                preset=self._facts.preset,
                device=self._facts.device,
                holds=self._holds(),
                rss_bytes=rss_bytes(),
                last_error=self.last_error,
                stopping=stopping,
            )
        )
