"""Ctrl-C: the first asks to stop where nothing is lost, the second stops at once."""

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType

from generation.errors import Cancelled

# What a shell reports for a program that was interrupted.
INTERRUPTED = 130


class Interruption:
    """Listens to Ctrl-C, and to being asked to end, while the ``with`` block runs; main thread only.

    Args:
        on_first: Called when it is first asked; it may draw, but not raise.
    """

    def __init__(self, on_first: Callable[[], None]) -> None:
        self._on_first = on_first
        self._asked = threading.Event()
        self._before: dict[int, signal.Handlers | Callable[[int, FrameType | None], object] | int | None] = {}

    def __enter__(self) -> "Interruption":
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @property
    def asked(self) -> bool:
        """Whether to stop."""
        return self._asked.is_set()

    def wait_or_stop(self, seconds: float) -> None:
        """Sleep.

        Raises:
            Cancelled: As soon as it is asked to stop.
        """
        if self._asked.wait(seconds):
            raise Cancelled("stopped while waiting")

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if self._asked.is_set():
            raise KeyboardInterrupt
        self._asked.set()
        self._on_first()
