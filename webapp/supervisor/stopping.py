"""The wish to stop: a signal that interrupts whatever waits, but never the start of a process."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


class Stop(Exception):  # noqa: N818 - a wish
    """The studio is asked to stop."""


class StopWish:
    """Ctrl-C and SIGTERM, heard once."""

    def __init__(self) -> None:
        self._held = 0
        self._asked = False

    def listen(self) -> None:
        """Take the signals over, for the rest of the process."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._hear)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Put the wish off until the block ends: a process that is started must also be known, or it is left behind.

        Raises:
            Stop: At the end, if the wish came meanwhile.
        """
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
        if self._asked and not self._held:
            raise Stop

    def _hear(self, _number: int, _frame: object) -> None:
        # Once is enough: a second Ctrl-C must not interrupt the ending of processes.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self._asked = True
        if not self._held:
            raise Stop
