"""What must be true of a studio at any time, and what must be true once nothing moves any more."""

import hashlib

from django.db.models import Sum

from projects.artifact_store import artifacts
from projects.models import Chunk, Event, QuotaEntry, Take
from projects.models.take import TakeStatus

FINAL = (TakeStatus.SUCCEEDED, TakeStatus.FAILED, TakeStatus.CANCELLED, TakeStatus.BLOCKED)


def check(*, at_rest: bool = False) -> None:
    """Raise where one of the six is broken."""
    store = artifacts()
    for chunk in Chunk.objects.exclude(fragment_key=""):
        data = store.get(chunk.fragment_key)
        assert hashlib.sha256(data).hexdigest() == chunk.fragment_sha256, "a second's hash must match its file"
        assert store.exists(chunk.latents_key), "a row must not point at a missing file"
    for take in Take.objects.all():
        indices = list(Chunk.objects.filter(take=take).order_by("index").values_list("index", flat=True))
        assert len(indices) == len(set(indices)), "each second of a take exists once"
        if take.asset is not None:
            assert store.exists(take.asset.blob.key), "a row must not point at a missing file"
        assert (take.status == TakeStatus.SUCCEEDED) == (take.asset_id is not None), "done means there is a file"
        if take.status in FINAL:
            assert take.lease_until is None, "what has ended holds no lease"
            assert take.status != TakeStatus.FAILED or take.error_code, "a failure has a reason"
            total = QuotaEntry.objects.filter(take=take).aggregate(total=Sum("seconds"))["total"] or 0
            made = take.duration_s - take.shared_seconds if take.status == TakeStatus.SUCCEEDED else 0
            assert total == made, "quota sums to what was delivered"
        elif at_rest:
            raise AssertionError(f"take {take.pk} is {take.status}, {take.phase} for ever")
    for project in {event.project_id for event in Event.objects.all()}:
        numbers = list(Event.objects.filter(project_id=project).order_by("seq").values_list("seq", flat=True))
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), "events are numbered without gaps"
