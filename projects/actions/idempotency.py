"""Keys of requests that may be sent twice: claimed by one, answered for all."""

import time
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from projects.errors import Conflict
from projects.models import IdempotencyKey, User

_MOST_KEY_CHARACTERS = 255
# A second request waits this long for the first one's answer.
_WAIT_SECONDS = 5.0
_LOOK_SECONDS = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the first request was told."""

    status: int
    body: Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A key, and whether this request is the one that carries it out."""

    row: IdempotencyKey
    is_first: bool


def begin(user: User, key: str, digest: str) -> Claim:
    """Claim a key, or find who did.

    Raises:
        Conflict: If the key is too long to be one.
    """
    if len(key) > _MOST_KEY_CHARACTERS:
        raise Conflict(f"an Idempotency-Key has at most {_MOST_KEY_CHARACTERS} characters", code="idempotency_mismatch")
    try:
        with transaction.atomic():
            row = IdempotencyKey.objects.create(user=user, key=key, request_sha256=digest)
            return Claim(row=row, is_first=True)
    except IntegrityError:
        found = IdempotencyKey.objects.filter(user=user, key=key).first()
        return Claim(row=found, is_first=False) if found is not None else begin(user, key, digest)


def answer_of(claim: Claim, digest: str) -> Answer | None:
    """The answer that a key was given; None if this request is the one to carry it out.

    Raises:
        Conflict: If the key belongs to another request, or its first one is still at it.
    """
    if claim.is_first:
        return None
    row = claim.row
    if row.request_sha256 != digest:
        raise Conflict("this Idempotency-Key was used for another request", code="idempotency_mismatch")
    until = time.monotonic() + _WAIT_SECONDS
    while row.response is None:
        if time.monotonic() > until:
            raise Conflict("the first request with this key is still at it", code="idempotency_pending")
        time.sleep(_LOOK_SECONDS)
        again = IdempotencyKey.objects.filter(pk=row.pk).first()
        if again is None:
            raise Conflict("the first request with this key was refused; send it again", code="idempotency_pending")
        row = again
    return Answer(status=row.status, body=row.response)


def finish(claim: Claim, *, status: int, body: Any) -> None:  # noqa: ANN401 - plain JSON
    """Keep the answer; a refusal frees the key."""
    if body is None:
        IdempotencyKey.objects.filter(pk=claim.row.pk).delete()
    else:
        IdempotencyKey.objects.filter(pk=claim.row.pk).update(status=status, response=body)
