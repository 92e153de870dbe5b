"""Takes: asked for, watched, stopped, made again."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.actions import take_keeping, take_wishes
from projects.actions.queue_view import queue_places
from projects.actions.take_orders import TakeOrder, request_takes
from projects.actions.trimming import trim_take
from projects.actions.usage import usage_of
from projects.api import bodies
from projects.api.answers import answers
from projects.api.repeating import repeatable
from projects.api.requests import person, read
from projects.errors import NotFound
from projects.generation_client import poke
from projects.models import Take, User
from projects.models.project import Role
from projects.shapes.assets import asset_shape, with_cards
from projects.shapes.takes import one_take_shape, takes_shape, with_chunks


def shown(take: Take) -> dict[str, Any]:
    """A take as it is now."""
    return one_take_shape(take.pk, queue_places().get(take.pk)) or {}


def _takes_made(user: User, made: list[str]) -> Response:
    takes = with_chunks().filter(pk__in=made, requested_by=user).order_by("ordinal")
    told = {"takes": takes_shape(takes, queue_places()), "usage": usage_of(user)}
    return Response(told, status=status.HTTP_202_ACCEPTED)


def _take_made(user: User, made: list[str]) -> Response:
    return Response(shown(take_wishes.take_for(user, made[0], Role.VIEWER)), status=status.HTTP_202_ACCEPTED)


def _clip_made(user: User, made: list[str]) -> Response:
    asset = with_cards().filter(owner=user, pk=made[0]).first()
    if asset is None:
        raise NotFound("the clip is gone", code="missing_media")
    return Response(asset_shape(asset), status=status.HTTP_201_CREATED)


class ShotTakes(APIView):
    """Takes of a shot."""

    @extend_schema(request=bodies.TakeRequest, responses=answers("TakesMade", status.HTTP_202_ACCEPTED))
    @repeatable(_takes_made)
    def post(self, request: Request, shot_id: UUID) -> Response:
        """Put takes in line."""
        user, body = person(request), read(request, bodies.TakeRequest)
        cut = body.pop("from", None)
        if cut:
            body["from_take_id"], body["from_frames"] = cut["take_id"], cut["frames"]
        takes = request_takes(user, shot_id, TakeOrder(**body))
        poke()
        return _takes_made(user, [str(take.pk) for take in takes])


class TakeDetail(APIView):
    """One take."""

    @extend_schema(responses=answers("Take"))
    def get(self, request: Request, take_id: UUID) -> Response:
        """Show."""
        return Response(shown(take_wishes.take_for(person(request), take_id, Role.VIEWER)))

    @extend_schema(request=bodies.TakeMarks, responses=answers("Take"))
    def patch(self, request: Request, take_id: UUID) -> Response:
        """Star, reject, tag, choose the moment that the poster shows."""
        take = take_wishes.mark(person(request), take_id, read(request, bodies.TakeMarks))
        if take.poster_due:
            poke()
        return Response(shown(take))


class TakeCancel(APIView):
    """Stopping."""

    @extend_schema(request=bodies.Cancelling, responses=answers("Take"))
    def post(self, request: Request, take_id: UUID) -> Response:
        """Stop before the next step; keep what is ready, if wished."""
        keep = read(request, bodies.Cancelling)["keep_ready"]
        take = take_wishes.cancel(person(request), take_id, keep_ready=keep)
        poke()
        return Response(shown(take))


class TakeKeep(APIView):
    """Keeping."""

    @extend_schema(request=bodies.Nothing, responses=answers("Take"))
    def post(self, request: Request, take_id: UUID) -> Response:
        """Keep the seconds that are ready, and stop; also those of a take that failed or was cancelled."""
        take = take_keeping.keep(person(request), take_id)
        poke()
        return Response(shown(take))


class TakePause(APIView):
    """Holding."""

    @extend_schema(request=bodies.Nothing, responses=answers("Take"))
    def post(self, request: Request, take_id: UUID) -> Response:
        """Hold between two stages."""
        return Response(shown(take_wishes.set_paused(person(request), take_id, paused=True)))


class TakeResume(APIView):
    """Going on."""

    @extend_schema(request=bodies.Nothing, responses=answers("Take"))
    def post(self, request: Request, take_id: UUID) -> Response:
        """Let it go on."""
        take = take_wishes.set_paused(person(request), take_id, paused=False)
        poke()
        return Response(shown(take))


class TakeRetry(APIView):
    """Once more."""

    @extend_schema(request=bodies.Nothing, responses=answers("Take", status.HTTP_202_ACCEPTED))
    @repeatable(_take_made)
    def post(self, request: Request, take_id: UUID) -> Response:
        """The same again, as a new take."""
        user = person(request)
        take = take_wishes.retry(user, take_id)
        poke()
        return _take_made(user, [str(take.pk)])


class TakeRegenerate(APIView):
    """From a second on."""

    @extend_schema(request=bodies.Regenerating, responses=answers("Take", status.HTTP_202_ACCEPTED))
    @repeatable(_take_made)
    def post(self, request: Request, take_id: UUID) -> Response:
        """Make it again from a second; the seconds before it are shared."""
        user = person(request)
        take = take_wishes.regenerate(user, take_id, **read(request, bodies.Regenerating))
        poke()
        return _take_made(user, [str(take.pk)])


class TakeTrim(APIView):
    """Cutting out."""

    @extend_schema(request=bodies.Trimming, responses=answers("AssetCard", status.HTTP_201_CREATED))
    @repeatable(_clip_made)
    def post(self, request: Request, take_id: UUID) -> Response:
        """A piece of it, as a clip in the library."""
        user = person(request)
        asset = trim_take(user, take_id, **read(request, bodies.Trimming))
        return _clip_made(user, [str(asset.pk)])
