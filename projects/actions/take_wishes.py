"""What people do with takes: cancel, pause, keep, retry, redo from a second, star, order. Each is safe to repeat."""

import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings as usual
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from generation.contract.requests import MAX_SEED
from generation.presets import find_preset
from projects import events
from projects.actions import quota
from projects.actions.disk_space import require_disk
from projects.actions.first_pictures import first_picture
from projects.actions.idempotency import note_made
from projects.actions.moderation import first_state, why_forbidden
from projects.actions.take_changes import FINAL, GIVEN_UP, change, locked_take, tell_take
from projects.actions.take_endings import end_cancelled, seconds_ready
from projects.actions.take_marks import set_marks
from projects.actions.take_orders import quality_settings, require_room
from projects.enhancing.enhancer import enhance
from projects.errors import Conflict, FieldProblem, Invalid, NotFound
from projects.models import Chunk, Take, User
from projects.models.project import Role
from projects.models.take import TakePhase, TakeStatus
from projects.permissions import project_for

# What of a shared second belongs to the chunk row, and is the same for the take that shares it.
_SHARED_FIELDS = (
    "index", "latents_key", "latents_sha256", "context_key", "init_key", "fragment_key", "fragment_sha256",
    "fragment_bytes", "mime_type", "width", "height", "poster_key", "decoded_at",
)  # fmt: skip


def take_for(user: User, take_id: UUID | str, least: Role) -> Take:
    """A take that this person may use in this way.

    Raises:
        NotFound: If there is none for them.
        NotAllowed: If they may only look.
    """
    take = Take.objects.filter(pk=take_id).first()
    if take is None:
        raise NotFound(f"there is no take {take_id} for you")
    project_for(user, take.project_id, least)
    return take


def cancel(user: User, take_id: UUID, *, keep_ready: bool) -> Take:
    """Stop a take before its next step; twice or after its end changes nothing.

    Args:
        user: Who asks.
        take_id: Which.
        keep_ready: Whether the seconds that can be watched become a shorter take.
    """
    take_for(user, take_id, Role.EDITOR)
    with transaction.atomic():
        take = locked_take(take_id)
        if take is None or take.status in FINAL:
            return take_for(user, take_id, Role.EDITOR)
        if take.cancel_requested_at is None:
            change(take, cancel_requested_at=timezone.now(), keep_ready=keep_ready)
        if take.lease_until is None and take.phase != TakePhase.MUXING:
            end_cancelled(take)
        else:
            tell_take(take)
    return take


def set_paused(user: User, take_id: UUID, *, paused: bool) -> Take:
    """Hold a take between two stages, or let it go on."""
    take_for(user, take_id, Role.EDITOR)
    with transaction.atomic():
        take = locked_take(take_id)
        if take is None or take.status in FINAL:
            raise Conflict("a take that has ended cannot be paused", code="take_ended")
        if take.paused != paused:
            change(take, paused=paused)
            tell_take(take)
    return take


def mark(user: User, take_id: UUID, values: Mapping[str, Any]) -> Take:
    """Star, reject or tag a take, or choose its poster; :func:`set_marks` says what is refused."""
    take_for(user, take_id, Role.EDITOR)
    with transaction.atomic():
        take = locked_take(take_id)
        if take is None:
            raise NotFound("the take is gone")
        set_marks(take, values)
    return take


def retry(user: User, take_id: UUID) -> Take:
    """The same take once more: a new one with the same words, seed and origin."""
    old = take_for(user, take_id, Role.EDITOR)
    if old.status not in GIVEN_UP:
        raise Conflict("only a failed or cancelled take is tried again", code="take_not_ended")
    return _sibling(user, old, shared=old.shared_seconds, redo_of=old.redo_of, seed=old.seed, prompt=None)


def regenerate(
    user: User, take_id: UUID, *, from_second: int, seed: int | None, prompt: str | None, quality: str | None = None
) -> Take:
    """Make a take again from one of its seconds on; the seconds before it are shared.

    Args:
        user: Who asks.
        take_id: Which.
        from_second: From 1; at most one after the last that can be watched.
        seed: A new one unless given.
        prompt: New words for the seconds that are made again.
        quality: Another one for them; the take's own unless given.

    Raises:
        Invalid: If the second does not exist, or the model does not offer that quality.
    """
    old = take_for(user, take_id, Role.EDITOR)
    ready = seconds_ready(old)
    if not 1 <= from_second <= min(ready + 1, old.duration_s):
        raise Invalid(
            f"from_second must be 1..{min(ready + 1, old.duration_s)}, got {from_second}",
            fields=(FieldProblem(path="from_second", code="out_of_range"),),
        )
    if seed is not None and not 0 <= seed <= MAX_SEED:
        raise Invalid("seed is out of range", fields=(FieldProblem(path="seed", code="out_of_range"),))
    chosen = secrets.randbelow(2**31) if seed is None else seed
    shared = from_second - 1
    return _sibling(
        user, old, shared=shared, redo_of=old if shared else None, seed=chosen, prompt=prompt, quality=quality
    )


def _better(prompt: str, old: Take) -> str:
    return enhance(prompt, lambda: first_picture(old.source_asset, old.parent_take, old.parent_frames)).text


def _sibling(
    user: User,
    old: Take,
    *,
    shared: int,
    redo_of: Take | None,
    seed: int,
    prompt: str | None,
    quality: str | None = None,
) -> Take:
    require_disk()
    words, enhanced, settings = old.prompt, old.enhanced_prompt, old.settings
    if prompt is not None:
        words, settings = prompt, {**old.settings, "second_prompts": {}}
        enhanced = _better(prompt, old) if old.settings.get("enhance") else ""
    if quality is not None:
        preset = find_preset(str(settings.get("preset") or usual.PRESET))
        settings = {**settings, **quality_settings(preset, quality)}
    # What was allowed when the old take was asked for need not be any more.
    forbidden = why_forbidden(" ".join([words, enhanced, *settings.get("second_prompts", {}).values()]))
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=user.pk)
        if not forbidden:
            require_room(person, 1)
            quota.require_seconds(person, old.duration_s - shared)
        last = Take.objects.filter(shot_id=old.shot_id).aggregate(last=Max("ordinal"))["last"] or 0
        take = Take.objects.create(
            shot_id=old.shot_id,
            project_id=old.project_id,
            requested_by=person,
            ordinal=last + 1,
            prompt=words,
            enhanced_prompt=enhanced,
            settings=settings,
            duration_s=old.duration_s,
            seed=seed,
            parent_take_id=old.parent_take_id,
            parent_frames=old.parent_frames,
            source_asset_id=old.source_asset_id,
            redo_of=None if forbidden else redo_of,
            shared_seconds=0 if forbidden else shared,
            width=old.width,
            height=old.height,
            **first_state(forbidden),
        )
        if not forbidden:
            if redo_of is not None:
                _share_seconds(take, redo_of)
            quota.reserve(take, take.duration_s - shared)
        tell_take(take, "take.queued")
        note_made(take.pk)
        events.record(take.project_id, "quota.changed", entity_id=person.pk, data={})
    return take


def _share_seconds(take: Take, other: Take) -> None:
    """Give a take the first seconds of another, as many as it says that it shares."""
    for chunk in Chunk.objects.filter(take=other, index__lt=take.shared_seconds):
        Chunk.objects.create(take=take, announced=True, **{name: getattr(chunk, name) for name in _SHARED_FIELDS})


def cancel_waiting(user: User, *, project_id: UUID | None = None, running_too: bool = False) -> int:
    """Cancel a person's own takes in line; theirs alone.

    Returns:
        How many were asked to stop.
    """
    statuses = [TakeStatus.QUEUED, *([TakeStatus.RUNNING] if running_too else [])]
    mine = Take.objects.filter(requested_by=user, status__in=statuses)
    if project_id is not None:
        mine = mine.filter(project_id=project_id)
    ids = list(mine.values_list("pk", flat=True))
    for take_id in ids:
        cancel(user, take_id, keep_ready=False)
    return len(ids)


def set_queue_paused(user: User, *, paused: bool) -> None:
    """Hold all of a person's takes between stages, or let them go on."""
    User.objects.filter(pk=user.pk).update(queue_paused=paused)


@transaction.atomic
def move_in_queue(user: User, take_id: UUID, *, before: UUID | None) -> None:
    """Put a waiting take before another of the same person; None puts it last.

    Raises:
        NotFound: If one of them is not theirs, or not waiting.
    """
    mine = list(Take.objects.filter(requested_by=user, status=TakeStatus.QUEUED).order_by("queue_order", "created_at"))
    order = [take.pk for take in sorted(mine, key=_place)]
    if take_id not in order or (before is not None and before not in order):
        raise NotFound("that take does not wait in your line")
    order.remove(take_id)
    order.insert(len(order) if before is None else order.index(before), take_id)
    first = min((_place(take) for take in mine), default=0.0)
    for number, pk in enumerate(order):
        Take.objects.filter(Q(pk=pk)).update(queue_order=first + number * 1e-3)


def _place(take: Take) -> float:
    return take.queue_order if take.queue_order is not None else take.created_at.timestamp()
