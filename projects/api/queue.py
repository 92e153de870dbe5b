"""A person's line: what runs, waits, is done, failed; and holding all of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Avg, F
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
from projects.models.take import TakeStatus
from projects.shapes.exports import export_shape
from projects.shapes.takes import QueuePlace, take_shape, with_chunks

_MOST_SHOWN = 100


def row(take: Take, places: dict[UUID, QueuePlace]) -> dict[str, Any]:
    """A take with where it belongs."""
    return {
        **take_shape(take, places.get(take.pk)),
        "project_title": take.project.title,
        "shot_title": (take.shot.title or take.shot.prompt[:60]) if take.shot else "",
    }


class Queue(APIView):
    """The whole line of one person."""

    @extend_schema(responses=answers("Queue"))
    def get(self, request: Request) -> Response:
        """Show."""
        user, places = person(request), queue_places()
        mine = with_chunks().select_related("project", "shot").filter(requested_by=user)
        since = timezone.now() - timedelta(days=1)
        waiting = list(mine.filter(status=TakeStatus.QUEUED).order_by("created_at")[:_MOST_SHOWN])
        waiting.sort(key=lambda take: places[take.pk].starts_in_s if take.pk in places else float("inf"))
        ended = mine.filter(finished_at__gte=since).order_by("-finished_at")
        waited = Take.objects.filter(started_at__gte=since).aggregate(mean=Avg(F("started_at") - F("created_at")))
        mean = waited["mean"]
        return Response(
            {
                "running": [row(it, places) for it in mine.filter(status=TakeStatus.RUNNING).order_by("started_at")],
                "waiting": [row(it, places) for it in waiting],
                "done_today": [row(it, places) for it in ended.filter(status=TakeStatus.SUCCEEDED)[:_MOST_SHOWN]],
                "failed": [row(it, places) for it in ended.filter(status=TakeStatus.FAILED)[:_MOST_SHOWN]],
                "exports": [
                    export_shape(it)
                    for it in Export.objects.filter(requested_by=user, created_at__gte=since).order_by("-created_at")
                ],
                "paused": user.queue_paused,
                "average_wait_s": round(mean.total_seconds(), 1) if mean else 0.0,
                "workers": Worker.objects.filter(
                    kind="generation", heard_at__gte=database_now() - WORKER_SILENCE, stopping=False, last_error=""
                ).count(),
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
