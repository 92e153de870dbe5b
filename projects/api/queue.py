"""A person's line: what runs, waits, is done, failed; and holding all of it."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Avg, Count, DateTimeField, F, Q, UUIDField, Value, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from generation.contract.requests import FRAMES_PER_SECOND
from projects.actions import take_wishes
from projects.actions.clock import database_now
from projects.actions.queue_view import queue_places
from projects.actions.schedule import WORKER_SILENCE
from projects.api import bodies
from projects.api.answers import answers
from projects.api.requests import person, read, uuid_of
from projects.generation_client import poke
from projects.models import Export, Node, Project, Take, User, Worker
from projects.models.node import NodeKind
from projects.models.prepared import Prepared
from projects.models.take import TakeStatus
from projects.rules.graph import shot_numbers
from projects.shapes.assets import poster_urls
from projects.shapes.exports import export_shape
from projects.shapes.takes import (
    API,
    POSTER_WIDTHS,
    SHOWN_COLUMNS,
    QueuePlace,
    attach_parts,
    plain_takes,
    take_shape,
)

# Of each kind.
_MOST_SHOWN = 100
# Workers tell of themselves once their model is loaded.
_STARTING_SECONDS = 90.0
_PROJECT_TITLES = Prepared(
    lambda projects: Project.objects.filter(pk__in=projects).values_list("pk", "title"),
    lists=["projects"],
    projects=UUIDField(),
)
_SHOT_TITLES = Prepared(
    lambda shots: Node.objects.filter(pk__in=shots).values_list("pk", "title", "prompt"),
    lists=["shots"],
    shots=UUIDField(),
)
_CARDS = Prepared(
    lambda projects: (
        Node.objects.filter(project__id__in=projects, deleted_at=None)
        .order_by("created_at")
        .values_list("pk", "project_id", "kind", "parent_node_id")
    ),
    lists=["projects"],
    projects=UUIDField(),
)
_TAKES_OF_SHOTS = Prepared(
    lambda shots: Take.objects.filter(shot__id__in=shots).order_by().values_list("shot_id").annotate(count=Count("pk")),
    lists=["shots"],
    shots=UUIDField(),
)
_MINE = Prepared(
    lambda user, since: (
        plain_takes()
        .only(*SHOWN_COLUMNS, "source_asset_id")
        .filter(
            Q(status__in=(TakeStatus.QUEUED, TakeStatus.RUNNING))
            | Q(status__in=(TakeStatus.SUCCEEDED, TakeStatus.FAILED), finished_at__gte=since),
            requested_by=user,
        )
        .annotate(
            nth=Window(RowNumber(), partition_by="status", order_by=(F("finished_at").desc(), F("created_at").asc())),
            # What the picture of one that has made nothing yet is made of.
            begun_by_seconds=F("parent_take__duration_s"),
            begun_by_file=F("parent_take__asset_id"),
            begun_by_frame=F("source_asset__poster_frame"),
        )
        .filter(nth__lte=_MOST_SHOWN)
        .order_by(F("finished_at").desc(nulls_first=True), "created_at")
    ),
    user=UUIDField(),
    since=DateTimeField(),
)
# Counted by one thing that is the same for all, so that one row says it for all of them.
_WAITED = Prepared(
    lambda since: (
        Take.objects.filter(started_at__gte=since)
        .order_by()
        .values_list(Value(1))
        .annotate(mean=Avg(F("started_at") - F("created_at")))
    ),
    since=DateTimeField(),
)
_EXPORTS = Prepared(
    lambda user, since: Export.objects.filter(requested_by=user, created_at__gte=since).order_by("-created_at"),
    user=UUIDField(),
    since=DateTimeField(),
)
_READY_WORKERS = Prepared(
    lambda since: Worker.objects.filter(kind="generation", heard_at__gte=since, stopping=False, last_error=""),
    since=DateTimeField(),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ShotNames:
    """What the shots of some takes are called on their canvas, how many takes each has, and whose they are."""

    numbers: Mapping[str, str]
    takes: Mapping[UUID, int]
    projects: Mapping[UUID, str]
    shots: Mapping[UUID, str]


def names_of(takes: Iterable[Take]) -> ShotNames:
    """The names of these takes' shots and projects, in four queries however many there are."""
    found = list(takes)
    projects, shots = {it.project_id for it in found}, {it.shot_id for it in found if it.shot_id}
    by_project: dict[UUID, list[tuple[str, bool, str | None]]] = {}
    for card, project, kind, parent in _CARDS(projects=projects) if projects else ():
        hangs_from = str(parent) if parent else None
        by_project.setdefault(project, []).append((str(card), kind == NodeKind.SHOT, hangs_from))
    numbers: dict[str, str] = {}
    for its_cards in by_project.values():
        numbers |= shot_numbers(its_cards)
    return ShotNames(
        numbers=numbers,
        takes=dict(_TAKES_OF_SHOTS(shots=shots) if shots else ()),
        projects=dict(_PROJECT_TITLES(projects=projects) if projects else ()),
        shots={pk: title or words[:60] for pk, title, words in (_SHOT_TITLES(shots=shots) if shots else ())},
    )


def row(take: Take, places: dict[UUID, QueuePlace], names: ShotNames) -> dict[str, Any]:
    """A take with where it belongs."""
    return {
        **take_shape(take, places.get(take.pk)),
        "project_title": names.projects.get(take.project_id, ""),
        "shot_title": names.shots.get(take.shot_id, "") if take.shot_id else "",
        "shot_number": names.numbers.get(str(take.shot_id), ""),
        "shot_takes": names.takes.get(take.shot_id, 0) if take.shot_id else 0,
        "start_url": start_url(take),
    }


def start_url(take: Take) -> str | None:
    """The picture that a take begins with, small; None: it begins with words alone, or with what is not made yet.

    Args:
        take: As :data:`_MINE` reads it.
    """
    known, width = vars(take), POSTER_WIDTHS[0]
    if take.parent_take_id is not None:
        if known["begun_by_file"] is None:
            return None
        frames = take.parent_frames or known["begun_by_seconds"] * FRAMES_PER_SECOND
        return f"{API}/takes/{take.parent_take_id}/frame?frame={frames - 1}&w={width}"
    if take.source_asset_id is not None:
        return poster_urls(take.source_asset_id, known["begun_by_frame"])[str(width)]
    return None


def lines_of(user: User, since: datetime) -> tuple[list[Take], list[Take], list[Take], list[Take]]:
    """A person's takes that run, wait, are done and have failed since then, read together; the newest of each."""
    by_status: dict[str, list[Take]] = {}
    for take in _MINE(user=user.pk, since=since):
        by_status.setdefault(take.status, []).append(take)
    running = sorted(by_status.get(TakeStatus.RUNNING, []), key=lambda take: take.started_at or take.created_at)
    waiting, done, failed = (
        by_status.get(status, []) for status in (TakeStatus.QUEUED, TakeStatus.SUCCEEDED, TakeStatus.FAILED)
    )
    attach_parts([*running, *waiting, *done, *failed])
    return running, waiting, done, failed


def may_be_starting() -> bool:
    """Whether this studio began so lately that its workers may still load their model; one that cannot says so."""
    began = getattr(apps.get_app_config("projects"), "began", float("-inf"))
    if time.monotonic() - began >= _STARTING_SECONDS:
        return False
    return not Worker.objects.filter(kind="generation", heard_at__gte=database_now() - WORKER_SILENCE).exists()


class Queue(APIView):
    """The whole line of one person."""

    @extend_schema(responses=answers("Queue"))
    def get(self, request: Request) -> Response:
        """Show."""
        user, places = person(request), queue_places()
        since = timezone.now() - timedelta(days=1)
        running, waiting, done, failed = lines_of(user, since)
        waiting.sort(key=lambda take: places[take.pk].starts_in_s if take.pk in places else float("inf"))
        mean = next((mean for _, mean in _WAITED(since=since)), None)
        names = names_of([*running, *waiting, *done, *failed])
        workers = len(_READY_WORKERS(since=database_now() - WORKER_SILENCE))
        return Response(
            {
                "running": [row(it, places, names) for it in running],
                "waiting": [row(it, places, names) for it in waiting],
                "done_today": [row(it, places, names) for it in done],
                "failed": [row(it, places, names) for it in failed],
                "exports": [export_shape(it) for it in _EXPORTS(user=user.pk, since=since)],
                "paused": user.queue_paused,
                "average_wait_s": round(mean.total_seconds(), 1) if mean else 0.0,
                "workers": workers,
                "workers_starting": not workers and may_be_starting(),
            }
        )


class QueuePlaceOfTake(APIView):
    """One take's place."""

    @extend_schema(request=bodies.QueueMove, responses=answers("Count"))
    def patch(self, request: Request, take_id: UUID) -> Response:
        """Put it before another of the same person."""
        take_wishes.move_in_queue(person(request), take_id, before=read(request, bodies.QueueMove)["before"])
        return Response({"count": 1})


class QueueCancel(APIView):
    """Stopping many."""

    @extend_schema(request=bodies.QueueCancelling, responses=answers("Count"))
    def post(self, request: Request) -> Response:
        """Cancel what waits, what belongs to a project, or everything; never what is somebody else's."""
        wanted = read(request, bodies.QueueCancelling)["filter"]
        name, _, project = wanted.partition(":")
        count = take_wishes.cancel_waiting(
            person(request),
            project_id=uuid_of(project, "project") if name == "project" else None,
            running_too=name != "waiting",
        )
        poke()
        return Response({"count": count})


class QueuePause(APIView):
    """Holding all."""

    @extend_schema(request=bodies.Nothing, responses={status.HTTP_204_NO_CONTENT: None})
    def post(self, request: Request) -> Response:
        """Hold."""
        take_wishes.set_queue_paused(person(request), paused=True)
        return Response(status=status.HTTP_204_NO_CONTENT)


class QueueResume(APIView):
    """Going on with all."""

    @extend_schema(request=bodies.Nothing, responses={status.HTTP_204_NO_CONTENT: None})
    def post(self, request: Request) -> Response:
        """Go on."""
        take_wishes.set_queue_paused(person(request), paused=False)
        poke()
        return Response(status=status.HTTP_204_NO_CONTENT)
