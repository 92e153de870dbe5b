"""All takes of a canvas, in a fixed number of queries; finished ones are made into what is shown once."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q, UUIDField
from django.db.models.expressions import Combinable

from projects.models.prepared import Prepared
from projects.models.remembered import Remembered
from projects.shapes.takes import MOVING, QueuePlace, attach_chunks, plain_takes, take_shape, takes_shape

# Those of a few large canvases.
_MOST_REMEMBERED = 2_000


def _on_canvas(project: UUID | Combinable) -> Q:
    return Q(project=project, shot__deleted_at=None, shot__isnull=False)


_WITHOUT_FILE = Prepared(
    lambda project: plain_takes().filter(_on_canvas(project), asset__isnull=True), project=UUIDField()
)
_WITH_FILE = Prepared(
    lambda project: plain_takes().filter(_on_canvas(project), asset__isnull=False), project=UUIDField()
)
_FINISHED = Remembered(_WITH_FILE, take_shape, most=_MOST_REMEMBERED)


def canvas_takes(project: UUID, places: Callable[[], Mapping[UUID, QueuePlace]]) -> list[dict[str, Any]]:
    """Takes of the shots that are there, in order.

    Args:
        project: Whose canvas.
        places: Finds places in line; asked only if somebody moves.
    """
    begun = _WITHOUT_FILE(project=project)
    attach_chunks(begun)
    known = places() if any(take.status in MOVING for take in begun) else {}
    # Read later, so that one that is finished in between is there twice rather than not at all; what it is now counts.
    shapes = {shape["id"]: shape for shape in [*takes_shape(begun, known), *_FINISHED(project=project)]}
    return sorted(shapes.values(), key=lambda shape: shape["ordinal"])
