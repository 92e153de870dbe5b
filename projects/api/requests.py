"""Reading what a request says: checked by a serializer, or refused naming each field."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from projects.actions.accounts import hash_of
from projects.actions.idempotency import answer_of, begin, finish
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
    if wanted and wanted != str(version):
        raise Outdated(f"it has version {version} now, you changed {wanted}", current=current())


def uuid_of(text: str, name: str) -> UUID:
    """An id of a query, or a refusal that names it."""
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid(f"{name} must be an id, got {text[:50]!r}") from error


Method = Callable[..., Response]


def repeatable(view: Method) -> Method:
    """A request with an ``Idempotency-Key`` is carried out once in 24 hours; again, it gets the same answer."""

    @wraps(view)
    def once(self: APIView, request: Request, **kwargs: Any) -> Response:  # noqa: ANN401 - parts of the address
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return view(self, request, **kwargs)
        body = json.dumps(request.data, sort_keys=True, default=str)
        digest = hash_of(f"{request.method} {request.path}\n{body}")
        user = person(request)
        claim = begin(user, key, digest)
        known = answer_of(claim, digest)
        if known is not None:
            return Response(known.body, status=known.status, headers={"Idempotent-Replay": "true"})
        try:
            response = view(self, request, **kwargs)
        except Exception:
            # What was refused may be asked again under the same key.
            finish(claim, status=0, body=None)
            raise
        finish(claim, status=response.status_code, body=json.loads(json.dumps(response.data, default=str)))
        return response

    return once
