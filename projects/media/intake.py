"""Taking a stranger's file in: opened by a child process with few rights, and believed only as far as it says."""

import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from projects.errors import Invalid

logger = logging.getLogger(__name__)

CHILD, ISOLATION = "projects.media.intake_child", "projects.media.isolation"
LOOK = "look"
_WALL_SECONDS = 420
_MOST_OUTPUT = 100_000
# A child sees no secrets: only what Python itself needs.
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Clean:
    """A file that was taken in: encoded anew, in memory."""

    kind: str
    mime_type: str
    data: bytes
    width: int
    height: int
    frames: int
    duration_ms: int
    # JSON of the recipe that a clip of ours carries; empty for others.
    recipe: str


def take_in(source: Path) -> Clean:
    """A clean copy of an uploaded file.

    Raises:
        Invalid: If it is of no kind that is taken, damaged, hostile, or takes too long.
    """
    with tempfile.TemporaryDirectory(prefix="sceneloom-intake-") as folder:
        answer = _ask_child(source, Path(folder))
        if "error" in answer:
            raise _refusal(answer)
        return Clean(
            kind=str(answer["kind"]),
            mime_type=str(answer["mime_type"]),
            data=(Path(folder) / Path(str(answer["file"])).name).read_bytes(),
            width=int(answer["width"]),
            height=int(answer["height"]),
            frames=int(answer["frames"]),
            duration_ms=int(answer.get("duration_ms", 0)),
            recipe=str(answer.get("recipe", "")),
        )


def _refusal(answer: dict[str, Any]) -> Invalid:
    message = str(answer.get("message", ""))
    if "kind" in answer:
        return Invalid(message, code="upload_type", params={"kind": str(answer["kind"])})
    if "most_megapixels" in answer:
        return Invalid(message, code="image_too_large", params={"limit": int(answer["most_megapixels"])})
    return Invalid(message, code="image_unreadable")


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What a file was found to be that is kept as it is."""

    kind: str
    mime_type: str
    width: int
    height: int
    frames: int
    duration_ms: int


def look_at(source: Path, *, parts: Sequence[int] = ()) -> Seen:
    """Have a file decoded to its end that a studio is said to have made, and that will be kept byte for byte.

    Args:
        source: A picture or a clip as the studio keeps them.
        parts: Of a take by seconds: how many bytes its init segment has, and each fragment after it.

    Raises:
        Invalid: If it is anything else, damaged, hostile, or takes too long.
    """
    with tempfile.TemporaryDirectory(prefix="sceneloom-intake-") as folder:
        answer = _ask_child(source, Path(folder), LOOK, *map(str, parts))
        if "error" in answer:
            raise Invalid(str(answer.get("message", "")), code="image_unreadable")
        return Seen(
            kind=str(answer["kind"]),
            mime_type=str(answer["mime_type"]),
            width=int(answer["width"]),
            height=int(answer["height"]),
            frames=int(answer["frames"]),
            duration_ms=int(answer["duration_ms"]),
        )


def _ask_child(source: Path, folder: Path, *wish: str) -> dict[str, Any]:
    command = [sys.executable, "-I", "-c", _START, str(source), str(folder), *wish]
    try:
        done = subprocess.run(
            command, cwd=folder, env=_ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, check=False,
            timeout=_WALL_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise Invalid("the file takes too long to read", code="image_unreadable") from error
    lines = done.stdout[:_MOST_OUTPUT].decode("utf-8", "replace").strip().splitlines()
    try:
        answer = json.loads(lines[-1])
    except (IndexError, ValueError) as error:
        # It died: of a limit, or of the file. Either way the file is not taken.
        logger.warning("an intake ended with %s: %s", done.returncode, done.stderr[-500:].decode("utf-8", "replace"))
        raise Invalid("the file cannot be read; it may be damaged", code="image_unreadable") from error
    if not isinstance(answer, dict):
        raise Invalid("the file cannot be read", code="image_unreadable")
    if not answer.get("alone"):
        # The readers are still told to open nothing by name; this was the second wall.
        logger.warning("this kernel does not let the reader of uploads leave the network; see docs/operations.md")
    return answer


# Isolated mode ignores the environment and the working folder; only our own root is put on the path. The network is
# left before anything is loaded that could start a thread.
_START = (
    f"import sys; sys.path.insert(0, {str(Path(__file__).resolve().parents[2])!r}); "
    f"from {ISOLATION} import leave_network; alone = leave_network(); "
    f"from {CHILD} import main; sys.exit(main([*sys.argv[1:], 'alone' if alone else 'connected']))"
)
