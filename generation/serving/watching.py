"""Looking on while a stage runs: heartbeats, progress at a bearable rate, and the wish to stop."""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol

from generation.contract.messages import HEARTBEAT_SECONDS, PROGRESS_SECONDS, Message
from generation.sampling.report import StepReport


class Outlet(Protocol):
    """Where a worker's messages go."""

    def send(self, message: Message) -> None:
        """Hand a message over; returns at once or soon."""


def cells_of(report: StepReport, *, num_prefix_chunks: int, num_chunks: int, window_size: int) -> tuple[float, ...]:
    """How far each second is after a step.

    Args:
        report: Of the step; its chunks are counted on the clip's axis, prefix included.
        num_prefix_chunks: Whole chunks before the take's own.
        num_chunks: Seconds of the take.
        window_size: Stages that a second passes through.

    Returns:
        Per second: 1 clean, 0 waiting, between them in flight.
    """
    steps = window_size * report.steps_in_stage

    def done(chunk: int) -> float:
        taken = (report.stage - chunk) * report.steps_in_stage + report.step + 1
        return min(1.0, max(0, taken) / steps)

    first = report.first_chunk - num_prefix_chunks
    return tuple(1.0 if chunk < first else round(done(chunk), 3) for chunk in range(num_chunks))


class Pace:
    """Lets something through at most every so often; the first time always."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._last = float("-inf")

    def is_due(self) -> bool:
        """Whether it is time again; counts as having been used if so."""
        now = self._clock()
        if now - self._last < self._seconds:
            return False
        self._last = now
        return True


def progress_pace() -> Pace:
    """At the rate at which people are told."""
    return Pace(PROGRESS_SECONDS)


class Heartbeat(AbstractContextManager[None]):
    """Says from a thread of its own, again and again, that this worker is at it; steps may take longer than a lease."""

    def __init__(self, beat: Callable[[], None], *, seconds: float = HEARTBEAT_SECONDS) -> None:
        """Begin with the ``with`` block.

        Args:
            beat: Sends the message; what it raises is the outlet's to log.
            seconds: Between two beats.
        """
        self._beat = beat
        self._seconds = seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> None:
        """Begin."""
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End; no beat follows."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(self._seconds):
            self._beat()
