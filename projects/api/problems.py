"""Every refusal as problem+json (RFC 9457), with a code that the UI has words for and a number to ask support with."""

import logging
import secrets
import sys
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from rest_framework import exceptions, status
from rest_framework.response import Response

from projects.errors import FieldProblem, ProjectError
from projects.rules.database_trouble import Trouble, trouble_of

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
_CODES = {
    status.HTTP_400_BAD_REQUEST: "bad_request",
    status.HTTP_401_UNAUTHORIZED: "not_signed_in",
    status.HTTP_403_FORBIDDEN: "not_allowed",
    status.HTTP_404_NOT_FOUND: "not_found",
    status.HTTP_405_METHOD_NOT_ALLOWED: "method_not_allowed",
    status.HTTP_406_NOT_ACCEPTABLE: "not_acceptable",
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: "media_type",
    status.HTTP_429_TOO_MANY_REQUESTS: "rate_limit",
}
# What is told of a database, and after how many seconds it is worth another try.
_TROUBLES = {
    Trouble.BUSY: ("the database is busy; try again", 2),
    Trouble.FULL: ("the disk is full; free some space", 30),
    Trouble.AWAY: ("the database cannot be reached; try again", 5),
}
_TITLES = {
    402: "Not enough left", 403: "Not allowed", 404: "Not found", 408: "Too slow", 409: "Not in this state",
    412: "Changed meanwhile", 413: "Too large", 422: "A value is wrong", 429: "Too many",
    500: "Something failed on our side", 503: "Not now", 507: "No space left",
}  # fmt: skip


def problem(
    status_code: int,
    code: str,
    detail: str,
    *,
    params: dict[str, Any] | None = None,
    fields: tuple[FieldProblem, ...] = (),
    current: object = None,
) -> dict[str, Any]:
    """The body of a refusal."""
    body: dict[str, Any] = {
        "type": f"about:blank#{code}",
        "title": _TITLES.get(status_code, "Refused"),
        "status": status_code,
        "code": code,
        "detail": detail,
        "params": params or {},
        "trace_id": secrets.token_hex(4).upper(),
        "fields": [{"path": it.path, "code": it.code, "detail": it.detail} for it in fields],
    }
    if current is not None:
        body["current"] = current
    return body


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Django REST framework's exception handler: whatever was raised becomes a problem; nothing shows a stack."""
    headers: dict[str, str] = {}
    if isinstance(error, ProjectError):
        body = problem(
            error.status, error.code, error.detail, params=error.params, fields=error.fields, current=error.current
        )
        if "retry_after_s" in error.params:
            headers["Retry-After"] = str(error.params["retry_after_s"])
    elif isinstance(error, exceptions.ValidationError):
        body = problem(422, "invalid", "a value is wrong", fields=tuple(_fields(error.detail)))
    elif isinstance(error, exceptions.APIException):
        body = problem(error.status_code, _CODES.get(error.status_code, "refused"), str(error.detail))
        if isinstance(error, exceptions.Throttled):
            wait = max(1, round(getattr(error, "wait", None) or 1))
            headers["Retry-After"] = str(wait)
            body["params"] = {"retry_after_s": wait}
    elif isinstance(error, Http404):
        body = problem(404, "not_found", "there is nothing here for you")
    elif isinstance(error, PermissionDenied):
        body = problem(403, "not_allowed", "this is not allowed")
    elif isinstance(error, DjangoValidationError | OverflowError | DataError):
        # Ids that are none, numbers that no column holds and text with a NUL come as these.
        body = problem(422, "invalid", "a value cannot be read")
    elif isinstance(error, OperationalError | InterfaceError) and trouble_of(error) in _TROUBLES:
        body, headers = database_problem(error)
    else:
        body = problem(500, "server", "something failed on our side")
        logger.error("request failed, %s", body["trace_id"], exc_info=error)
    request = context.get("request")
    body["instance"] = request.path if request is not None else ""
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)


def database_problem(error: OperationalError | InterfaceError) -> tuple[dict[str, Any], dict[str, str]]:
    """Body and headers for a database that is busy, full or away."""
    trouble = trouble_of(error)
    detail, wait = _TROUBLES[trouble]
    logger.warning("database: %s", error)
    return problem(503, trouble.value, detail, params={"retry_after_s": wait}), {"Retry-After": str(wait)}


def _fields(detail: Any, path: str = "") -> list[FieldProblem]:  # noqa: ANN401 - the framework's nested details
    if isinstance(detail, dict):
        return [
            found for name, inner in detail.items() for found in _fields(inner, f"{path}.{name}" if path else str(name))
        ]
    if isinstance(detail, list):
        return [
            found
            for number, inner in enumerate(detail)
            for found in _fields(inner, f"{path}.{number}" if isinstance(inner, dict | list) else path)
        ]
    return [FieldProblem(path=path, code=getattr(detail, "code", "invalid"), detail=str(detail))]


def address_problem(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What stands at an address that there is not: words for programs below ``/api/``, a page elsewhere."""
    if not request.path.startswith("/api/"):
        return defaults.page_not_found(request, exception or Http404())
    return _plain_problem(request, problem(404, "not_found", "there is no such address"))


def request_problem(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What a request is told that no view could read, such as one for another host."""
    if not request.path.startswith("/api/"):
        return defaults.bad_request(request, exception or SuspiciousOperation())
    return _plain_problem(request, problem(400, "bad_request", "the request cannot be read"))


def server_problem(request: HttpRequest) -> HttpResponse:
    """What is told when a plain view fails, or whatever asks the database before a view; Django has logged why."""
    if not request.path.startswith("/api/"):
        return defaults.server_error(request)
    error = sys.exception()
    if isinstance(error, OperationalError | InterfaceError) and trouble_of(error) in _TROUBLES:
        body, headers = database_problem(error)
        return _plain_problem(request, body, headers)
    return _plain_problem(request, problem(500, "server", "something failed on our side"))


def _plain_problem(request: HttpRequest, body: dict[str, Any], headers: dict[str, str] | None = None) -> JsonResponse:
    plain = {**body, "instance": request.path}
    return JsonResponse(plain, status=body["status"], content_type=CONTENT_TYPE, headers=headers)


def csrf_problem(request: HttpRequest, reason: str = "") -> JsonResponse:
    """What a request without its CSRF token is told."""
    body = problem(403, "csrf", f"the request must carry the page's token: {reason}")
    return _plain_problem(request, body)
