"""One readable log: every line of every process, with its name in front, on the terminal and in a file."""

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
        self._file = self.path.open("a", encoding="utf-8")
        self._lock = threading.Lock()
        self._followers: list[threading.Thread] = []

    def say(self, name: str, line: str) -> None:
        """One line."""
        with self._lock:
            if self._file.closed:
                return
            self._file.write(f"{datetime.now(UTC).isoformat(timespec='seconds')} {name:<{_WIDTH}} {line}\n")
            self._file.flush()
            try:
                sys.stdout.write(f"{name:<{_WIDTH}} {line}\n")
                sys.stdout.flush()
            except (BrokenPipeError, ValueError):
                # Whoever watched is gone; the file goes on.
                return

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
