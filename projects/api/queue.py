"""A person's line: what runs, waits, is done, failed; and holding all of it."""

import time
from datetime import timedelta
from uuid import UUID

from django.apps import apps
from django.core.cache import cache
from django.db.models import Avg, DateTimeField, F, UUIDField, Value
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.actions import take_wishes
from projects.actions.clock import database_now
from projects.actions.queue_view import queue_places
from projects.actions.schedule import WORKER_SILENCE
from projects.api import bodies
from projects.api.answers import answers
from projects.api.requests import person, read, uuid_of
from projects.generation_client import poke
from projects.models import Export, Take, Worker
from projects.models.prepared import Prepared
from projects.shapes.exports import export_shape
from projects.shapes.queue_rows import line_of

# Workers tell of themselves once their model is loaded.
_STARTING_SECONDS = 90.0
# How long people waited today is not counted anew for everybody who looks.
_WAIT_KNOWN_SECONDS = 30.0
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


def may_be_starting() -> bool:
    """Whether this studio began so lately that its workers may still load their model; one that cannot says so."""
    began = getattr(apps.get_app_config("projects"), "began", float("-inf"))
    if time.monotonic() - began >= _STARTING_SECONDS:
        return False
    return not Worker.objects.filter(kind="generation", heard_at__gte=database_now() - WORKER_SILENCE).exists()


def _average_wait_s() -> float:
    """How long the takes that began in the last day had waited, on average; 0 if none did."""
    mean = next((mean for _, mean in _WAITED(since=timezone.now() - timedelta(days=1))), None)
    return round(mean.total_seconds(), 1) if mean else 0.0


class Queue(APIView):
    """The whole line of one person."""

    @extend_schema(responses=answers("Queue"))
    def get(self, request: Request) -> Response:
        """Show."""
        user, places = person(request), queue_places()
        since = timezone.now() - timedelta(days=1)
        line = line_of(user, since, places)
        workers = len(_READY_WORKERS(since=database_now() - WORKER_SILENCE))
        return Response(
            {
                "running": line.running,
                "waiting": line.waiting,
                "done_today": line.done,
                "failed": line.failed,
                "exports": [export_shape(it) for it in _EXPORTS(user=user.pk, since=since)],
                "paused": user.queue_paused,
                "average_wait_s": cache.get_or_set("queue.average_wait_s", _average_wait_s, _WAIT_KNOWN_SECONDS),
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
