"""What people say of a take: stars, rejections, tags, and the moment that its poster shows."""

import math
from collections.abc import Mapping
from typing import Any

from generation.contract.requests import FRAMES_PER_SECOND
from projects.actions.take_changes import change, tell_take
from projects.errors import Conflict, FieldProblem, Invalid
from projects.models import Asset, Take
from projects.shapes.takes import poster_at_s

POSTER = "poster_at_s"
_FLAGS = ("starred", "rejected")
_MOST_TAGS, _LONGEST_TAG = 50, 60
# A moment is told in milliseconds by some, which may end just before the frame begins that is meant.
_SPARE_FRAMES = 0.05


def shown_mark(take: Take, name: str) -> Any:  # noqa: ANN401 - plain JSON
    """A mark as clients see it.

    Raises:
        Invalid: If there is none of that name.
    """
    if name == POSTER:
        return poster_at_s(take)
    if name not in (*_FLAGS, "tags"):
        raise Invalid(f"a take has no field {name[:40]!r} that can be changed")
    return getattr(take, name)


def set_marks(take: Take, values: Mapping[str, Any]) -> None:
    """Set marks of a take that this transaction holds, and tell.

    Args:
        take: Locked.
        values: By name; ``poster_at_s`` in seconds from the beginning, null for the first frame.

    Raises:
        Invalid: Naming a value that is of another kind, or a moment that the take does not have.
        Conflict: With ``not_ready``, if a poster is chosen of a take that is not finished.
    """
    columns: dict[str, Any] = {}
    for name, value in values.items():
        if name == POSTER:
            columns |= _poster_columns(take, value)
        elif not _fits(name, value):
            raise Invalid(f"{name[:40]} cannot be set to that", fields=(FieldProblem(path=name[:40], code="invalid"),))
        else:
            columns[name] = value
    if not columns:
        return
    change(take, **columns)
    # The library shows the same file, with the same marks.
    of_asset = {name: value for name, value in columns.items() if name in (*_FLAGS, "tags")}
    if take.asset_id and of_asset:
        Asset.objects.filter(pk=take.asset_id).update(**of_asset)
    tell_take(take)


def _fits(name: str, value: object) -> bool:
    if name in _FLAGS:
        return isinstance(value, bool)
    if name != "tags" or not isinstance(value, list) or len(value) > _MOST_TAGS:
        return False
    return all(isinstance(tag, str) and len(tag) <= _LONGEST_TAG and "\0" not in tag for tag in value)


def _poster_columns(take: Take, at_s: object) -> dict[str, Any]:
    """The frame that stands at a moment; its pictures are made by a worker where others are shown now."""
    if take.asset is None:
        raise Conflict("a poster is chosen of a take that is finished", code="not_ready")
    frame = None
    if at_s is not None:
        last = (take.asset.frames - 1) / FRAMES_PER_SECOND
        if isinstance(at_s, bool) or not isinstance(at_s, int | float) or not math.isfinite(at_s):
            raise _out_of_range(at_s, last)
        frame = math.floor(at_s * FRAMES_PER_SECOND + _SPARE_FRAMES)
        if not 0 <= frame < take.asset.frames:
            raise _out_of_range(at_s, last)
    return {"poster_frame": frame, "poster_due": (frame or 0) != take.asset.poster_frame}


def _out_of_range(got: object, last: float) -> Invalid:
    problem = FieldProblem(path=POSTER, code="out_of_range")
    return Invalid(f"{POSTER} must be 0..{last:.3f} or null, got {str(got)[:20]}", fields=(problem,))
