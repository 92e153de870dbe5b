"""One readable log: every line of every process, with its name in front, on the terminal and in a file.

A disk that is full, or a terminal that is gone, costs lines and nothing else: what follows a process must go on
reading, or the process would stop at a full pipe.
"""

import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

_WIDTH = 11
# A process that has ended says no more, unless something that it left behind still holds its output.
_LAST_WORDS_SECONDS = 1.0
_MOST_BYTES = 20 * 2**20


class StudioLog:
    """Takes lines from several threads."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "studio.log"
        if self.path.exists() and self.path.stat().st_size > _MOST_BYTES:
            self.path.replace(folder / "studio.log.1")
        # Without a buffer: a line that found no room is lost at once, and does not come back in front of later ones.
        self._file = self.path.open("ab", buffering=0)
        self._lost = 0
        self._lock = threading.Lock()
        self._followers: list[threading.Thread] = []

    def say(self, name: str, line: str) -> None:
        """One line."""
        with self._lock:
            if self._file.closed:
                return
            if self._lost and self._keep("studio", f"{self._lost} lines are missing here: they could not be written"):
                self._lost = 0
            self._lost += not self._keep(name, line)
            try:
                sys.stdout.write(f"{name:<{_WIDTH}} {line}\n")
                sys.stdout.flush()
            except (OSError, ValueError):
                # Whoever watched is gone; the file goes on.
                return

    def _keep(self, name: str, line: str) -> bool:
        """Whether the whole line is in the file now."""
        # After a lost line the file may end in half of it.
        start = "\n" if self._lost else ""
        data = f"{start}{datetime.now(UTC).isoformat(timespec='seconds')} {name:<{_WIDTH}} {line}\n".encode()
        try:
            return self._file.write(data) == len(data)
        except OSError:
            return False

    def follow(self, name: str, stream: IO[bytes]) -> threading.Thread:
        """Take over a process's output until it ends."""

        def read() -> None:
            with stream:
                for line in stream:
                    text = line.decode("utf-8", "replace").rstrip()
                    if text:
                        self.say(name, text)

        thread = threading.Thread(target=read, name=f"log-{name}", daemon=True)
        thread.start()
        self._followers = [each for each in self._followers if each.is_alive()] + [thread]
        return thread

    def close(self) -> None:
        """No more, once all that was said is written."""
        for thread in self._followers:
            thread.join(_LAST_WORDS_SECONDS)
        with self._lock:
            self._file.close()
