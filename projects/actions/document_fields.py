"""What a node's fields may hold; whatever arrives is checked here, whichever door it came through."""

import math
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from generation.contract.requests import MAX_PROMPT_CHARACTERS, MAX_SECONDS, MAX_SEED
from generation.presets import Quality
from projects.errors import FieldProblem, Invalid
from projects.models import Asset, Film, Node, Project, Take
from projects.models.node import NodeKind, SeedMode
from projects.shapes.documents import NODE_FIELDS

MOST_NODES = 10_000
_FAR = 1e7
_MOST_TEXT = 100_000


def checked_field(project: Project, name: str, value: Any) -> Any:  # noqa: ANN401 - plain JSON in, a column's value out
    """A value as the table takes it.

    Raises:
        Invalid: Naming the field.
    """
    check = _CHECKS.get(name)
    if check is None:
        raise Invalid(f"a node has no field {name[:40]!r} that can be changed")
    try:
        return check(project, value)
    except (ValueError, TypeError) as error:
        problem = FieldProblem(path=name, code="invalid", detail=str(error))
        raise Invalid(f"{name} {error}", fields=(problem,)) from error


def checked_quality(value: object) -> Quality:
    """A quality of its word.

    Raises:
        Invalid: With code ``quality_unknown``.
    """
    if isinstance(value, str) and value in set(Quality):
        return Quality(value)
    words = ", ".join(Quality)
    raise Invalid(
        f"quality must be one of {words}, got {str(value)[:20]!r}",
        code="quality_unknown",
        params={"got": str(value)[:20], "known": words},
        fields=(FieldProblem(path="quality", code="invalid"),),
    )


def new_node(project: Project, plain: Mapping[str, Any], *, node_id: UUID) -> Node:
    """Make a node of its JSON.

    Raises:
        Invalid: If a field is wrong, or the id is taken.
    """
    kind = str(plain.get("kind", ""))
    if kind not in NodeKind.values:
        raise Invalid(f"a node is one of {', '.join(NodeKind.values)}, got {kind[:40]!r}")
    if Node.objects.filter(pk=node_id).exists():
        raise Invalid("a node with this id exists", code="node_exists")
    if Node.objects.filter(project=project, deleted_at=None).count() >= MOST_NODES:
        raise Invalid(f"a canvas holds at most {MOST_NODES} nodes", code="canvas_full")
    values = {
        column: checked_field(project, name, plain[name]) for name, column in NODE_FIELDS.items() if name in plain
    }
    film_id = plain.get("film_id")
    if film_id is not None:
        values["film_id"] = _of_project(Film)(project, film_id)
    return Node.objects.create(pk=node_id, project=project, kind=kind, **values)


def _text(most: int) -> Callable[[Project, Any], str]:
    def check(_project: Project, value: Any) -> str:  # noqa: ANN401
        if not isinstance(value, str):
            raise TypeError("must be text")
        if len(value) > most:
            raise ValueError(f"must have at most {most} characters, got {len(value)}")
        if "\0" in value:
            raise ValueError("must not hold NUL characters")
        # A lone surrogate is no text that could be stored or shown.
        value.encode("utf-8", "strict")
        return value

    return check


def _number(low: float, high: float) -> Callable[[Project, Any], float]:
    def check(_project: Project, value: Any) -> float:  # noqa: ANN401
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise TypeError("must be a number")
        if not low <= value <= high:
            raise ValueError(f"must be {low:g}..{high:g}, got {value:g}")
        return float(value)

    return check


def _whole(low: int, high: int, *, or_none: bool = False) -> Callable[[Project, Any], int | None]:
    def check(_project: Project, value: Any) -> int | None:  # noqa: ANN401
        if value is None and or_none:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError("must be a whole number")
        if not low <= value <= high:
            raise ValueError(f"must be {low}..{high}, got {value}")
        return value

    return check


def _flag(_project: Project, value: Any) -> bool:  # noqa: ANN401
    if not isinstance(value, bool):
        raise TypeError("must be true or false")
    return value


def _choice(*words: str) -> Callable[[Project, Any], str]:
    def check(_project: Project, value: Any) -> str:  # noqa: ANN401
        if value not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return str(value)

    return check


def _of_project(table: type[Node | Take | Film]) -> Callable[[Project, Any], UUID | None]:
    def check(project: Project, value: Any) -> UUID | None:  # noqa: ANN401
        if value is None:
            return None
        key = UUID(str(value))
        if not table.objects.filter(pk=key, project=project).exists():
            raise ValueError("must be of this project")
        return key

    return check


def _asset(project: Project, value: Any) -> UUID | None:  # noqa: ANN401
    """An asset that the project's owner or a member of it has, or that the project shows already."""
    if value is None:
        return None
    key = UUID(str(value))
    owners = [project.owner_id, *project.memberships.values_list("user_id", flat=True)]
    if not Asset.objects.filter(pk=key, owner_id__in=owners).exists():
        raise ValueError("must be an asset of yours")
    return key


def _second_prompts(project: Project, value: Any) -> dict[str, str]:  # noqa: ANN401
    if not isinstance(value, dict):
        raise TypeError("must be an object of texts by second")
    check = _text(MAX_PROMPT_CHARACTERS)
    wrong = [key for key in value if not str(key).isdecimal() or not 1 <= int(key) <= MAX_SECONDS]
    if wrong:
        raise ValueError(f"must be keyed 1..{MAX_SECONDS}")
    return {str(key): check(project, text) for key, text in value.items()}


_CHECKS: dict[str, Callable[[Project, Any], Any]] = {
    "title": _text(200),
    "x": _number(-_FAR, _FAR),
    "y": _number(-_FAR, _FAR),
    "width": _number(1, 20_000),
    "height": _number(1, 20_000),
    "color": _text(20),
    "asset_id": _asset,
    "text": _text(_MOST_TEXT),
    "parent_node_id": _of_project(Node),
    "parent_take_id": _of_project(Take),
    "parent_frames": _whole(1, MAX_SECONDS * 24, or_none=True),
    "prompt": _text(_MOST_TEXT),
    "second_prompts": _second_prompts,
    "enhance": _flag,
    "enhanced_prompt": _text(_MOST_TEXT),
    "enhanced_locked": _flag,
    "duration_s": _whole(1, MAX_SECONDS),
    "takes_wanted": _whole(1, 8),
    "seed_mode": _choice(*SeedMode.values),
    "seed": _whole(0, MAX_SEED, or_none=True),
    "aspect": _text(10),
    "quality": lambda _project, value: checked_quality(value).value,
    "chosen_take_id": _of_project(Take),
}
