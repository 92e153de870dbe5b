"""Asking for takes: what is wanted, checked, booked and put in line, in one transaction."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from generation.contract.requests import FRAMES_PER_SECOND, MAX_PROMPT_CHARACTERS, MAX_SECONDS, MAX_SEED
from generation.presets import Preset, find_preset, offers_of
from projects import events
from projects.actions import quota
from projects.actions.disk_space import require_disk
from projects.actions.document_fields import checked_quality
from projects.actions.first_pictures import first_picture
from projects.actions.idempotency import note_made
from projects.actions.moderation import first_state, why_forbidden
from projects.actions.take_changes import tell_take
from projects.enhancing.enhancer import enhance
from projects.errors import Conflict, FieldProblem, Invalid, NotFound, TooMany
from projects.models import Asset, Node, Project, Take, User
from projects.models.node import NodeKind, SeedMode
from projects.models.project import Role
from projects.models.take import TakeStatus
from projects.permissions import project_for
from projects.rules.sizes import Size, aspect_of, size_for

MOST_TAKES = 8
# Whoever takes a waiting take back to change its words keeps its place in their own line for so long.
PLACE_KEPT = timedelta(seconds=60)


@dataclass(frozen=True, kw_only=True, slots=True)
class TakeOrder:
    """What a person asks for; the shot's own values stand where nothing is said."""

    count: int | None = None
    duration_s: int | None = None
    seed: int | None = None
    prompt: str | None = None
    second_prompts: Mapping[str, str] | None = None
    enhance: bool | None = None
    enhanced_prompt: str | None = None
    quality: str | None = None
    # Continue this take after so many frames; None is its end.
    from_take_id: UUID | None = None
    from_frames: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where takes start: a picture, another take at a frame, or nothing."""

    asset: Asset | None = None
    take: Take | None = None
    frames: int | None = None

    @property
    def aspect(self) -> float:
        """Width over height of what is seen at the start."""
        if self.take is not None and self.take.height:
            return self.take.width / self.take.height
        if self.asset is not None and self.asset.height:
            return self.asset.width / self.asset.height
        return 16 / 9


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """An order with every gap filled, checked."""

    count: int
    duration_s: int
    seeds: tuple[int, ...]
    prompt: str
    second_prompts: Mapping[str, str]
    enhanced_prompt: str
    origin: Origin
    size: Size
    # The name of the rule that forbids the words, if one does.
    forbidden: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


def request_takes(user: User, shot_id: UUID, order: TakeOrder) -> list[Take]:
    """Put takes of a shot in line.

    Args:
        user: Who asks; must be at least an editor.
        shot_id: Of which shot.
        order: What is wanted.

    Raises:
        NotFound: If there is no such shot for this person.
        Invalid: If a value is wrong, or the prompt is empty.
        Conflict: If what it would continue is gone.
        QuotaSpent: If it takes more seconds than are left today.
        TooMany: If the person has too many takes in line.
        Unavailable: If the disk is nearly full.
    """
    shot = (
        Node.objects.select_related("parent_node__asset", "parent_take", "project")
        .filter(pk=shot_id, kind=NodeKind.SHOT, deleted_at=None)
        .first()
    )
    if shot is None:
        raise NotFound(f"there is no shot {shot_id} for you")
    project = project_for(user, shot.project_id, Role.EDITOR)
    require_disk()
    wanted = _fill(shot, order)
    with transaction.atomic():
        # The person's row is the lock of their quota and of their place in line.
        person = User.objects.select_for_update().get(pk=user.pk)
        if not wanted.forbidden:
            require_room(person, wanted.count)
            quota.require_seconds(person, wanted.count * wanted.duration_s)
        place = _kept_place(person, shot)
        # They stand behind each other, before whatever came later.
        places = [None if place is None else place + number * 1e-6 for number in range(wanted.count)]
        takes = [_create(person, project, shot, wanted, number, place=at) for number, at in enumerate(places)]
        for take in takes:
            if take.status == TakeStatus.QUEUED:
                quota.reserve(take, take.duration_s)
            tell_take(take, "take.queued")
        note_made(*(take.pk for take in takes))
        events.record(project.pk, "quota.changed", entity_id=person.pk, data={})
    return takes


def require_room(person: User, count: int) -> None:
    """Refuse more takes than one person may have in line.

    Raises:
        TooMany: With code ``queue_full``.
    """
    waiting = Take.objects.filter(requested_by=person, status__in=(TakeStatus.QUEUED, TakeStatus.RUNNING)).count()
    if waiting + count > settings.MAX_WAITING_TAKES:
        raise TooMany(
            f"at most {settings.MAX_WAITING_TAKES} takes may be in line, got {waiting} and {count} more",
            code="queue_full",
            params={"waiting": waiting, "limit": settings.MAX_WAITING_TAKES, "retry_after_s": 30},
        )


def _fill(shot: Node, order: TakeOrder) -> Wanted:
    prompt = shot.prompt if order.prompt is None else order.prompt
    second_prompts = shot.second_prompts if order.second_prompts is None else order.second_prompts
    count = shot.takes_wanted if order.count is None else order.count
    duration = shot.duration_s if order.duration_s is None else order.duration_s
    _check_numbers(count, duration, order.seed)
    _check_words(prompt, second_prompts)
    origin = _origin(shot, order)
    preset = find_preset(settings.PRESET)
    wants_help = shot.enhance if order.enhance is None else order.enhance
    given = shot.enhanced_prompt if order.enhanced_prompt is None else order.enhanced_prompt
    use_given = bool(given) and (shot.enhanced_locked or order.enhanced_prompt is not None)
    enhanced = given if use_given else (_better(prompt, origin) if wants_help else "")
    quality = quality_settings(preset, shot.quality if order.quality is None else order.quality)
    try:
        aspect = origin.aspect if origin.take else aspect_of(shot.aspect, source=origin.aspect)
    except ValueError as error:
        raise Invalid(str(error), fields=(FieldProblem(path="aspect", code="invalid"),)) from error
    # A continuation has the size of what it continues, or no stored latents would fit.
    parent = origin.take or Take.objects.filter(asset=origin.asset).exclude(asset=None).first()
    size = (
        Size(width=parent.width, height=parent.height)
        if parent is not None and parent.width
        else size_for(aspect, pixels=preset.width * preset.height)
    )
    return Wanted(
        count=count,
        duration_s=duration,
        seeds=_seeds(shot, order, count),
        prompt=prompt,
        second_prompts=dict(second_prompts),
        enhanced_prompt=enhanced,
        origin=origin,
        size=size,
        forbidden=why_forbidden(" ".join([prompt, enhanced, *second_prompts.values()])),
        settings={"preset": preset.name, "aspect": shot.aspect, "enhance": wants_help, **quality},
    )


def _better(prompt: str, origin: Origin) -> str:
    return enhance(prompt, lambda: first_picture(origin.asset, origin.take, origin.frames)).text


def quality_settings(preset: Preset, wanted: str) -> dict[str, Any]:
    """What a take's settings say of its quality: the word, and the steps that it stands for today.

    Raises:
        Invalid: With code ``quality_unknown``, or ``quality_not_offered`` by this preset.
    """
    quality = checked_quality(wanted)
    offers = {offer.quality: offer.num_steps for offer in offers_of(preset)}
    if quality not in offers:
        raise Invalid(
            f"{preset.name} must be asked for {' or '.join(offers)}, got {quality}",
            code="quality_not_offered",
            params={"quality": quality.value, "offered": ", ".join(offers)},
            fields=(FieldProblem(path="quality", code="not_offered"),),
        )
    return {"quality": quality.value, "num_steps": offers[quality]}


def _check_numbers(count: object, duration: object, seed: object) -> None:
    problems = []
    for path, value, low, high in (
        ("count", count, 1, MOST_TAKES),
        ("duration_s", duration, 1, MAX_SECONDS),
        ("seed", 0 if seed is None else seed, 0, MAX_SEED),
    ):
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            problems.append(
                FieldProblem(path=path, code="out_of_range", detail=f"must be {low}..{high}, got {value!r}")
            )
    if problems:
        raise Invalid("; ".join(f"{it.path} {it.detail}" for it in problems), fields=tuple(problems))


def _check_words(prompt: str, second_prompts: Mapping[str, str]) -> None:
    if not prompt.strip() and not any(text.strip() for text in second_prompts.values()):
        raise Invalid("a shot must say what happens; write a few words", code="prompt_empty")
    for path, text in (("prompt", prompt), *((f"second_prompts.{key}", text) for key, text in second_prompts.items())):
        if len(text) > MAX_PROMPT_CHARACTERS:
            raise Invalid(
                f"{path} must have at most {MAX_PROMPT_CHARACTERS} characters, got {len(text)}; shorten it",
                code="prompt_too_long",
                params={"limit": MAX_PROMPT_CHARACTERS, "got": len(text)},
                fields=(FieldProblem(path=path, code="too_long"),),
            )
    wrong = [key for key in second_prompts if not key.isdecimal() or not 1 <= int(key) <= MAX_SECONDS]
    if wrong:
        raise Invalid(f"second_prompts must be keyed 1..{MAX_SECONDS}, got {wrong[0]!r}")


def _origin(shot: Node, order: TakeOrder) -> Origin:
    take_id = order.from_take_id or shot.parent_take_id
    if take_id is None:
        image = shot.parent_node
        if image is None:
            return Origin()
        if image.deleted_at or image.asset is None:
            raise Conflict("the picture that this shot starts from is gone", code="parent_gone")
        return Origin(asset=image.asset)
    take = Take.objects.filter(pk=take_id, project_id=shot.project_id).first()
    if take is None or take.status in (TakeStatus.FAILED, TakeStatus.BLOCKED):
        raise Conflict("the take that this shot continues is gone", code="parent_gone")
    frames = order.from_frames if order.from_take_id else shot.parent_frames
    most = take.duration_s * FRAMES_PER_SECOND
    if frames is not None and not 1 <= frames <= most:
        raise Invalid(
            f"a cut must lie 1..{most} frames into the take, got {frames}",
            fields=(FieldProblem(path="from.frames", code="out_of_range"),),
        )
    return Origin(take=take, frames=frames)


def _seeds(shot: Node, order: TakeOrder, count: int) -> tuple[int, ...]:
    first = order.seed if order.seed is not None else (shot.seed if shot.seed_mode == SeedMode.FIXED else None)
    if first is None:
        return tuple(secrets.randbelow(2**31) for _ in range(count))
    return tuple((first + number) % (MAX_SEED + 1) for number in range(count))


def _kept_place(person: User, shot: Node) -> float | None:
    """Where the first take of this shot stood that this person took back just now, unbegun; None: there is none."""
    taken_back = Take.objects.filter(
        requested_by=person,
        shot=shot,
        status=TakeStatus.CANCELLED,
        started_at=None,
        cancel_requested_at__gte=timezone.now() - PLACE_KEPT,
    )
    orders = taken_back.values_list("queue_order", "created_at")
    return min((made.timestamp() if order is None else order for order, made in orders), default=None)


def _create(
    person: User, project: Project, shot: Node, wanted: Wanted, number: int, *, place: float | None = None
) -> Take:
    last = Take.objects.filter(shot=shot).aggregate(last=Max("ordinal"))["last"] or 0
    origin = wanted.origin
    return Take.objects.create(
        shot=shot,
        project=project,
        requested_by=person,
        ordinal=last + 1,
        prompt=wanted.prompt,
        enhanced_prompt=wanted.enhanced_prompt,
        settings={**wanted.settings, "second_prompts": dict(wanted.second_prompts)},
        duration_s=wanted.duration_s,
        seed=wanted.seeds[number],
        parent_take=origin.take,
        parent_frames=origin.frames,
        source_asset=origin.asset,
        queue_order=place,
        width=wanted.size.width,
        height=wanted.size.height,
        **first_state(wanted.forbidden),
    )
