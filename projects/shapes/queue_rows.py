"""Takes in a person's line as its rows show them: the take, where it belongs, and the picture it begins with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, DateTimeField, F, Q, QuerySet, UUIDField, Window
from django.db.models.functions import RowNumber

from generation.contract.requests import FRAMES_PER_SECOND
from projects.models import Node, Project, Take, User
from projects.models.node import NodeKind
from projects.models.prepared import Prepared
from projects.models.remembered import Remembered
from projects.models.take import TakeStatus
from projects.rules.graph import shot_numbers
from projects.shapes.assets import poster_urls
from projects.shapes.takes import (
    API,
    POSTER_WIDTHS,
    SHOWN_COLUMNS,
    QueuePlace,
    attach_chunks,
    plain_takes,
    take_shape,
)

# Of each kind.
MOST_SHOWN = 100
# Rows that are kept: what a few people did in a day.
_MOST_REMEMBERED = 2_000
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


def _shown() -> "QuerySet[Take]":
    return (
        plain_takes()
        .only(*SHOWN_COLUMNS, "source_asset_id")
        .annotate(
            # What the picture of one that has made nothing yet is made of.
            begun_by_seconds=F("parent_take__duration_s"),
            begun_by_file=F("parent_take__asset_id"),
            begun_by_frame=F("source_asset__poster_frame"),
        )
    )


_WITHOUT_FILE = Prepared(
    lambda user, since: (
        _shown()
        .filter(
            Q(status__in=(TakeStatus.QUEUED, TakeStatus.RUNNING))
            | Q(status=TakeStatus.FAILED, finished_at__gte=since)
            # Its file was deleted for good.
            | Q(status=TakeStatus.SUCCEEDED, finished_at__gte=since, asset__isnull=True),
            requested_by=user,
        )
        .annotate(
            nth=Window(RowNumber(), partition_by="status", order_by=(F("finished_at").desc(), F("created_at").asc()))
        )
        .filter(nth__lte=MOST_SHOWN)
        .order_by(F("finished_at").desc(nulls_first=True), "created_at")
    ),
    user=UUIDField(),
    since=DateTimeField(),
)
_WITH_FILE = Prepared(
    lambda user, since: (
        _shown()
        .filter(requested_by=user, status=TakeStatus.SUCCEEDED, finished_at__gte=since, asset__isnull=False)
        .order_by("-finished_at", "created_at")[:MOST_SHOWN]
    ),
    user=UUIDField(),
    since=DateTimeField(),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A person's takes as rows, the newest of each kind first."""

    running: list[dict[str, Any]]
    waiting: list[dict[str, Any]]
    done: list[dict[str, Any]]
    failed: list[dict[str, Any]]


def line_of(user: User, since: datetime, places: Mapping[UUID, QueuePlace]) -> Line:
    """What runs and waits, and what was done and has failed since then, in queries that do not grow with it."""
    takes = _WITHOUT_FILE(user=user.pk, since=since)
    attach_chunks(takes)
    shown: dict[str, list[dict[str, Any]]] = {status: [] for status in TakeStatus}
    # Read later, so that one that is finished in between is there twice rather than not at all; what it is now counts.
    finished = _DONE(user=user.pk, since=since)
    known = {take["id"] for take in finished}
    for take in sorted(takes, key=lambda take: _turn(take, places)):
        if str(take.pk) not in known:
            shown[take.status].append(_with_start(take, places.get(take.pk)))
    ended = [*finished, *shown[TakeStatus.SUCCEEDED]]
    done = sorted(ended, key=lambda take: take["finished_at"], reverse=True)[:MOST_SHOWN]
    names = _names_of([*shown[TakeStatus.RUNNING], *shown[TakeStatus.QUEUED], *done, *shown[TakeStatus.FAILED]])
    return Line(
        running=names.given_to(shown[TakeStatus.RUNNING]),
        waiting=names.given_to(shown[TakeStatus.QUEUED]),
        done=names.given_to(done),
        failed=names.given_to(shown[TakeStatus.FAILED]),
    )


def _turn(take: Take, places: Mapping[UUID, QueuePlace]) -> float:
    """The order of what runs, since when, and of what waits, until when; what has ended stays as it was read."""
    if take.status == TakeStatus.RUNNING:
        return (take.started_at or take.created_at).timestamp()
    if take.status == TakeStatus.QUEUED:
        return places[take.pk].starts_in_s if take.pk in places else float("inf")
    return 0.0


def _with_start(take: Take, place: QueuePlace | None = None) -> dict[str, Any]:
    return {**take_shape(take, place), "start_url": start_url(take)}


_DONE = Remembered(_WITH_FILE, _with_start, most=_MOST_REMEMBERED)


def start_url(take: Take) -> str | None:
    """The picture that a take begins with, small; None: it begins with words alone, or with what is not made yet.

    Args:
        take: As its line reads it.
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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Names:
    """What the shots of some takes are called on their canvas, how many takes each has, and whose they are."""

    numbers: Mapping[str, str]
    takes: Mapping[str, int]
    projects: Mapping[str, str]
    shots: Mapping[str, str]

    def given_to(self, takes: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Takes with where they belong."""
        return [
            {
                **take,
                "project_title": self.projects.get(take["project_id"], ""),
                "shot_title": self.shots.get(take["shot_id"], ""),
                "shot_number": self.numbers.get(take["shot_id"], ""),
                "shot_takes": self.takes.get(take["shot_id"], 0),
            }
            for take in takes
        ]


def _names_of(takes: Iterable[dict[str, Any]]) -> _Names:
    """The names of these takes' shots and projects, in four queries however many there are."""
    found = list(takes)
    projects, shots = {it["project_id"] for it in found}, {it["shot_id"] for it in found if it["shot_id"]}
    by_project: dict[UUID, list[tuple[str, bool, str | None]]] = {}
    for card, project, kind, parent in _CARDS(projects=projects) if projects else ():
        hangs_from = str(parent) if parent else None
        by_project.setdefault(project, []).append((str(card), kind == NodeKind.SHOT, hangs_from))
    numbers: dict[str, str] = {}
    for its_cards in by_project.values():
        numbers |= shot_numbers(its_cards)
    return _Names(
        numbers=numbers,
        takes={str(pk): count for pk, count in (_TAKES_OF_SHOTS(shots=shots) if shots else ())},
        projects={str(pk): title for pk, title in (_PROJECT_TITLES(projects=projects) if projects else ())},
        shots={str(pk): title or words[:60] for pk, title, words in (_SHOT_TITLES(shots=shots) if shots else ())},
    )
