"""What must be true of a studio at any time, and what must be true once nothing moves any more."""

import hashlib

from django.db.models import Sum

from generation.artifacts import ArtifactStore
from projects.artifact_store import artifacts
from projects.models import Blob, Chunk, Event, QuotaEntry, Rendition, Take
from projects.models.quota import QuotaKind
from projects.models.take import TakeStatus

FINAL = (TakeStatus.SUCCEEDED, TakeStatus.FAILED, TakeStatus.CANCELLED, TakeStatus.BLOCKED)


def check(*, at_rest: bool = False) -> None:
    """Raise where one of the six is broken."""
    store = artifacts()
    check_seconds(store)
    for take in Take.objects.all():
        check_take(take, store)
        assert not at_rest or take.status in FINAL, f"take {take.pk} is {take.status}, {take.phase} for ever"
    if at_rest:
        check_files(store)
    check_events()


def check_seconds(store: ArtifactStore) -> None:
    for chunk in Chunk.objects.exclude(fragment_key=""):
        data = store.get(chunk.fragment_key)
        assert hashlib.sha256(data).hexdigest() == chunk.fragment_sha256, "a second's hash must match its file"
        assert store.exists(chunk.latents_key), "a row must not point at a missing file"


def check_take(take: Take, store: ArtifactStore) -> None:
    indices = list(Chunk.objects.filter(take=take).order_by("index").values_list("index", flat=True))
    assert len(indices) == len(set(indices)), "each second of a take exists once"
    if take.asset is not None:
        assert store.exists(take.asset.blob.key), "a row must not point at a missing file"
    assert (take.status == TakeStatus.SUCCEEDED) == (take.asset_id is not None), "done means there is a file"
    if take.status not in FINAL:
        assert not take.state_key or store.exists(take.state_key), "what goes on has something to go on from"
        return
    assert take.lease_until is None, "what has ended holds no lease"
    assert take.status != TakeStatus.FAILED or take.error_code, "a failure has a reason"
    total = QuotaEntry.objects.filter(take=take).aggregate(total=Sum("seconds"))["total"] or 0
    was_brought = QuotaEntry.objects.filter(take=take, kind=QuotaKind.BROUGHT).exists()
    made = take.duration_s - take.shared_seconds if take.status == TakeStatus.SUCCEEDED and not was_brought else 0
    assert total == made, "quota sums to what was delivered"


def check_files(store: ArtifactStore) -> None:
    for blob in Blob.objects.all():
        assert hashlib.sha256(store.get(blob.key)).hexdigest() == blob.sha256, "a file is what its row says"
    for rendition in Rendition.objects.all():
        assert store.exists(rendition.key), "a row must not point at a missing file"


def check_events() -> None:
    for project in {event.project_id for event in Event.objects.all()}:
        numbers = list(Event.objects.filter(project_id=project).order_by("seq").values_list("seq", flat=True))
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), "events are numbered without gaps"
