"""One training run on disk: settings, a log of metrics, the last checkpoint, and pictures of progress."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from generation.artifacts import atomic_write
from generation.errors import StorageError


@dataclass(frozen=True, kw_only=True, slots=True)
class RunFolder:
    """The files of a run; the folder may be copied elsewhere and resumed there."""

    root: Path

    @property
    def checkpoint(self) -> Path:
        """Model, average, optimiser and step."""
        return self.root / "checkpoint.safetensors"

    @property
    def log(self) -> Path:
        """One JSON object per logged step."""
        return self.root / "metrics.jsonl"

    @property
    def settings(self) -> Path:
        """The run's configuration."""
        return self.root / "settings.json"

    def sample(self, step: int) -> Path:
        """The picture of progress after a step."""
        return self.root / "samples" / f"step_{step:07d}.png"

    def open(self, settings: dict[str, object]) -> None:
        """Make the folder and note the settings.

        Raises:
            StorageError: If the folder cannot be made or written.
        """
        try:
            self.sample(0).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"the run folder {self.root} must be writable: {error}") from error
        atomic_write(self.settings, json.dumps(settings, indent=2, sort_keys=True).encode())

    def rewind_log(self, step: int) -> None:
        """Drop lines at or after a step: they will be made again, identically, by the resumed run."""
        if not self.log.exists():
            return
        kept = [line for line in self.log.read_text().splitlines() if line and _step_of(line) < step]
        atomic_write(self.log, "".join(f"{line}\n" for line in kept).encode())


def _step_of(line: str) -> int:
    try:
        return int(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):
        # A line cut short by a crash belongs to the steps that are made again.
        return 2**62


def write_metrics(file: TextIO, step: int, metrics: dict[str, float]) -> None:
    """Append one line and push it to the operating system."""
    file.write(json.dumps({"step": step, **{name: round(value, 6) for name, value in metrics.items()}}) + "\n")
    file.flush()
