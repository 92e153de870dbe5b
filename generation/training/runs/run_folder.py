"""One training run on disk: settings, a log of metrics, the last checkpoint, and pictures of progress."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generation.artifacts import atomic_write, make_folder
from generation.errors import StorageError

# Sorts after every step.
_NO_STEP = 2**62


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
        """One JSON object per logged step; the same for every run with the same settings on the same machine."""
        return self.root / "metrics.jsonl"

    @property
    def timings(self) -> Path:
        """Speed at the logged steps, kept apart because it is never the same twice."""
        return self.root / "timings.jsonl"

    @property
    def settings(self) -> Path:
        """The run's configuration."""
        return self.root / "settings.json"

    def sample(self, step: int) -> Path:
        """The picture of progress after a step."""
        return self.root / "samples" / f"step_{step:07d}.png"

    def begin(self, settings: Mapping[str, object], *, step: int) -> None:
        """Make the folder, note the settings, and drop what was logged after ``step``: it will be made again.

        Raises:
            StorageError: If the folder cannot be made or written.
        """
        make_folder(self.sample(0).parent)
        atomic_write(self.settings, json.dumps(settings, indent=2, sort_keys=True).encode())
        for path in (self.log, self.timings):
            kept = [record for record in read_records(path) if record["step"] <= step]
            atomic_write(path, "".join(json.dumps(record) + "\n" for record in kept).encode())


def read_records(path: Path) -> list[dict[str, float]]:
    """The lines of a log; none if there is no file. A line cut short by a crash is left out.

    Raises:
        StorageError: If the file cannot be read.
    """
    if not path.exists():
        return []
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise StorageError(f"{path} must be readable: {error.strerror or error}") from error
    return [record for line in lines if (record := _parse(line))]


def append_record(path: Path, step: int, values: Mapping[str, float]) -> None:
    """Add one line to a log.

    Raises:
        StorageError: If the disk is full or read-only.
    """
    line = json.dumps({"step": step, **{name: round(value, 6) for name, value in values.items()}})
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
    except OSError as error:
        raise StorageError(
            f"{path} could not be written: {error.strerror or error}; free some space and resume"
        ) from error


def _parse(line: str) -> dict[str, float] | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    is_record = isinstance(record, dict) and isinstance(record.get("step"), int) and 0 <= record["step"] < _NO_STEP
    return record if is_record else None
