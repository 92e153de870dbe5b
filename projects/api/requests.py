"""Reading what a request says: checked by a serializer, or refused naming each field."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer

from projects.errors import Invalid, Outdated
from projects.models import User


def read(request: Request, serializer: type[BaseSerializer[Any]], **options: Any) -> dict[str, Any]:  # noqa: ANN401
    """The body of a request, as the serializer understands it.

    Raises:
        ValidationError: Naming each wrong field.
        Invalid: If the body is no object.
    """
    if not isinstance(request.data, dict):
        raise Invalid("the body must be a JSON object")
    checked = serializer(data=request.data, **options)
    checked.is_valid(raise_exception=True)
    values: dict[str, Any] = checked.validated_data
    return values


def person(request: Request) -> User:
    """Who asks; permissions have made sure that somebody does."""
    if not isinstance(request.user, User):
        raise TypeError("a view for signed-in people was reached by nobody")
    return request.user


def require_version(request: Request, version: int, current: Callable[[], object]) -> None:
    """Refuse a change of something that was changed since it was read.

    Raises:
        Outdated: With what it is now.
    """
    wanted = request.headers.get("If-Match", "").strip().strip('"').removeprefix("v")
    if wanted not in ("", "*", str(version)):
        raise Outdated(f"it has version {version} now, you changed {wanted}", current=current())


def uuid_of(text: str, name: str) -> UUID:
    """An id of a query, or a refusal that names it."""
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid(f"{name} must be an id, got {text[:50]!r}") from error
