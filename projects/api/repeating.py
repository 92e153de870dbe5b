"""Requests that may be sent twice: carried out once, and answered alike."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.actions.accounts import hash_of
from projects.actions.idempotency import answer_of, begin, carrying_out, finish
from projects.api.requests import person
from projects.models import User

Method = Callable[..., Response]
# The answer to whoever made these: looked up by the ids that the action noted.
Told = Callable[[User, list[str]], Response]


def body_of(request: Request) -> str:
    """What most requests say: their body."""
    return json.dumps(request.data, sort_keys=True, default=str)


def no_headers(_body: Any) -> dict[str, str]:  # noqa: ANN401 - plain JSON
    """What most answers add to their body."""
    return {}


def repeatable(
    told: Told,
    *,
    says: Callable[[Request], str] = body_of,
    headers: Callable[[Any], dict[str, str]] = no_headers,
) -> Callable[[Method], Method]:
    """A request with an ``Idempotency-Key`` is carried out once in 24 hours; again, it gets the same answer.

    Args:
        told: The answer, made anew of the ids of what was made, should the process have died before it answered.
        says: By which it is told whether a request with the same key is the same.
        headers: What belongs to an answer beside its body, made of that.
    """

    def decorate(view: Method) -> Method:
        @wraps(view)
        def once(self: APIView, request: Request, **kwargs: Any) -> Response:  # noqa: ANN401 - parts of the address
            key = request.headers.get("Idempotency-Key", "")
            if not key:
                return view(self, request, **kwargs)
            digest = hash_of(f"{request.method} {request.path}\n{says(request)}")
            user = person(request)
            claim, known = answer_of(begin(user, key, digest), digest)
            if known is not None and known.status:
                return Response(
                    known.body, status=known.status, headers={**headers(known.body), "Idempotent-Replay": "true"}
                )
            try:
                if known is not None:
                    response = told(user, list(known.made))
                    response.headers["Idempotent-Replay"] = "true"
                else:
                    with carrying_out(claim):
                        response = view(self, request, **kwargs)
            except Exception:
                # What was refused may be asked again under the same key.
                finish(claim, status=0, body=None)
                raise
            finish(claim, status=response.status_code, body=json.loads(json.dumps(response.data, default=str)))
            return response

        return once

    return decorate
