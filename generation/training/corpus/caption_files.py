"""Captions of a folder of clips: ``captions.jsonl``, or a text file beside each clip.

``captions.jsonl`` holds one JSON object per line: ``{"file": "beach.mp4", "caption": "...", "second_captions": ["...",
...]}``; the last key may be left out. ``beach.txt`` holds the caption of ``beach.mp4`` and wins over the former.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from generation.errors import RequestError

CAPTIONS_FILE = "captions.jsonl"
_KEYS = {"file", "caption", "second_captions"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipCaption:
    """The words of one clip."""

    caption: str
    # One per second from the clip's beginning; empty if there are none.
    second_captions: tuple[str, ...] = ()


def read_captions(folder: Path) -> dict[str, ClipCaption]:
    """Read ``captions.jsonl``.

    Args:
        folder: Holds the file, or not.

    Returns:
        Captions by the clips' paths relative to the folder, with forward slashes; empty without the file.

    Raises:
        RequestError: Naming file and line, if a line is no such object, or names a missing file or one named before.
    """
    path = folder / CAPTIONS_FILE
    if not path.is_file():
        return {}
    captions: dict[str, ClipCaption] = {}
    for number, line in enumerate(_read_text(path).splitlines(), start=1):
        if not line.strip():
            continue
        place = f"{path}, line {number}"
        name, caption = _read_line(place, line)
        if name in captions:
            raise RequestError(f"{place}: {name!r} already has a caption above; keep one")
        if not (folder / name).is_file():
            raise RequestError(f"{place}: there is no file {name!r} in {folder}; mend the name or delete the line")
        captions[name] = caption
    return captions


def read_text_caption(path: Path) -> ClipCaption:
    """Read the text file beside a clip; line breaks count as spaces.

    Raises:
        RequestError: Naming the file, if it is empty or no UTF-8 text.
    """
    caption = " ".join(_read_text(path).split())
    if not caption:
        raise RequestError(f"{path}, line 1: must hold the clip's caption, got nothing; write one or delete the file")
    return ClipCaption(caption=caption)


def _read_line(place: str, line: str) -> tuple[str, ClipCaption]:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        raise RequestError(f"{place}: must be a JSON object, got {error.msg} at character {error.pos + 1}") from error
    if not isinstance(value, dict):
        raise RequestError(f'{place}: must be a JSON object with "file" and "caption", got {type(value).__name__}')
    unknown = sorted(set(value) - _KEYS)
    if unknown:
        raise RequestError(f"{place}: knows only {sorted(_KEYS)}, got {unknown}; mend the spelling")
    name, caption = (_require_text(place, value, key) for key in ("file", "caption"))
    seconds = value.get("second_captions", [])
    if not isinstance(seconds, list) or not all(isinstance(text, str) and text.strip() for text in seconds):
        raise RequestError(f'{place}: "second_captions" must be a list of texts, got {seconds!r:.60}')
    return name, ClipCaption(caption=caption, second_captions=tuple(seconds))


def _require_text(place: str, value: dict[str, object], key: str) -> str:
    text = value.get(key)
    if not isinstance(text, str) or not text.strip():
        raise RequestError(f'{place}: "{key}" must be a text, got {text!r:.60}')
    return text


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise RequestError(
            f"{path}, line {line}: must be UTF-8 text, got the byte {error.object[error.start]:#04x}"
        ) from error
    except OSError as error:
        raise RequestError(f"{path} must be readable, got {error.strerror}") from error
