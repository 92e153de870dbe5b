"""What answers look like, for the schema. The shapes themselves are made in :mod:`projects.shapes`."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse

from projects.api.answer_schemas import SCHEMAS


def answers(name: str, status: int = 200) -> dict[int, Any]:
    """The description of an answer, by the name of its schema."""
    return {status: OpenApiResponse(response=SCHEMAS[name])}
