"""Keys of requests that may be sent twice: claimed by one, answered for all.

What a request changes and the note of what it made are one transaction (:func:`note_made`). So a process that dies in
between leaves either nothing, and the next request with the key does it, or all, and the next one tells of it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from projects.actions.clock import database_now
from projects.errors import Conflict
from projects.models import IdempotencyKey, User

# Whoever claimed a key and was not heard of for this long is taken for dead.
CLAIM = timedelta(seconds=30)
_MOST_KEY_CHARACTERS = 255
# A second request waits this long for the first one's answer.
_WAIT_SECONDS = 5.0
_LOOK_SECONDS = 0.05


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the first request was told; or, if it died before, the ids of what it made."""

    status: int = 0
    body: Any = None
    made: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A key, and whether this request is the one that carries it out."""

    row: IdempotencyKey
    is_first: bool


# Of the request that this thread carries out.
_CLAIM: ContextVar[Claim | None] = ContextVar("claim", default=None)


def begin(user: User, key: str, digest: str) -> Claim:
    """Claim a key, or find who did.

    Raises:
        Conflict: If the key is too long to be one.
    """
    if len(key) > _MOST_KEY_CHARACTERS:
        raise Conflict(f"an Idempotency-Key has at most {_MOST_KEY_CHARACTERS} characters", code="idempotency_mismatch")
    try:
        with transaction.atomic():
            row = IdempotencyKey.objects.create(
                user=user, key=key, request_sha256=digest, claim=1, claimed_until=database_now() + CLAIM
            )
            return Claim(row=row, is_first=True)
    except IntegrityError:
        found = IdempotencyKey.objects.filter(user=user, key=key).first()
        return Claim(row=found, is_first=False) if found is not None else begin(user, key, digest)


def answer_of(claim: Claim, digest: str) -> tuple[Claim, Answer | None]:
    """The answer that a key was given; none if this request is the one to carry it out, under the claim returned.

    Raises:
        Conflict: If the key belongs to another request, or its first one is still at it.
    """
    if claim.is_first:
        return claim, None
    row = claim.row
    if row.request_sha256 != digest:
        raise Conflict("this Idempotency-Key was used for another request", code="idempotency_mismatch")
    until = time.monotonic() + _WAIT_SECONDS
    while row.response is None:
        if row.made is not None:
            return replace(claim, row=row), Answer(made=tuple(row.made))
        if _takes_over(row):
            row.refresh_from_db()
            return Claim(row=row, is_first=True), None
        if time.monotonic() > until:
            raise Conflict("the first request with this key is still at it", code="idempotency_pending")
        time.sleep(_LOOK_SECONDS)
        again = IdempotencyKey.objects.filter(pk=row.pk).first()
        if again is None:
            raise Conflict("the first request with this key was refused; send it again", code="idempotency_pending")
        row = again
    return claim, Answer(status=row.status, body=row.response)


def _takes_over(row: IdempotencyKey) -> bool:
    """Claim a key whose request died before it changed anything; false while that is not sure."""
    now = database_now()
    if row.claimed_until > now:
        return False
    dead = IdempotencyKey.objects.filter(
        pk=row.pk, claim=row.claim, made__isnull=True, response__isnull=True, claimed_until__lte=now
    )
    return bool(dead.update(claim=F("claim") + 1, claimed_until=now + CLAIM))


@contextmanager
def carrying_out(claim: Claim) -> Iterator[None]:
    """Everything within is done for this claim."""
    before = _CLAIM.set(claim)
    try:
        yield
    finally:
        _CLAIM.reset(before)


def note_made(*ids: UUID) -> None:
    """Note what a request with a key makes; call it in the transaction that makes it. Without a key nothing happens.

    Raises:
        Conflict: If somebody else carries the request out by now; what was changed is taken back.
    """
    claim = _CLAIM.get()
    if claim is None:
        return
    mine = IdempotencyKey.objects.filter(pk=claim.row.pk, claim=claim.row.claim)
    if not mine.update(made=[str(made) for made in ids]):
        raise Conflict("another request with this key carries it out", code="idempotency_pending")


def finish(claim: Claim, *, status: int, body: Any) -> None:  # noqa: ANN401 - plain JSON
    """Keep the answer; a refusal frees the key, unless something was made."""
    mine = IdempotencyKey.objects.filter(pk=claim.row.pk, claim=claim.row.claim)
    if body is None:
        mine.filter(made__isnull=True).delete()
    else:
        mine.update(status=status, response=body)
