"""Links for people without an account."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework import permissions, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.actions import shares
from projects.api import bodies
from projects.api.answers import answers
from projects.api.media import media_view, poster_width, send_asset, send_rendition
from projects.api.requests import person, read
from projects.errors import NotFound
from projects.models import ShareLink


def share_shape(link: ShareLink, url: str | None = None) -> dict[str, Any]:
    """A link as its maker sees it; the address only when it was just made."""
    return {
        "id": str(link.pk),
        "scope": link.scope,
        "film_id": str(link.film_id) if link.film_id else None,
        "allow_copy": link.allow_copy,
        "hint": link.hint,
        "url": url,
        "created_at": link.created_at.isoformat(),
        "expires_at": link.expires_at.isoformat() if link.expires_at else None,
        "revoked_at": link.revoked_at.isoformat() if link.revoked_at else None,
    }


class ShareList(APIView):
    """Links of a project."""

    @extend_schema(responses=answers("ShareList"))
    def get(self, request: Request, project_id: UUID) -> Response:
        """List."""
        return Response([share_shape(link) for link in shares.shares_of(person(request), project_id)])

    @extend_schema(request=bodies.ShareCreation, responses=answers("ShareLink", status.HTTP_201_CREATED))
    def post(self, request: Request, project_id: UUID) -> Response:
        """Make one; its address is shown this once."""
        link, secret = shares.share(person(request), project_id, **read(request, bodies.ShareCreation))
        url = request.build_absolute_uri(f"/s/{secret}")
        return Response(share_shape(link, url), status=status.HTTP_201_CREATED)


class ShareDetail(APIView):
    """One link."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, share_id: UUID) -> Response:
        """Revoke."""
        shares.revoke(person(request), share_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Shared(APIView):
    """What a link shows, to whoever has it."""

    permission_classes = (permissions.AllowAny,)
    authentication_classes = ()

    @extend_schema(responses=answers("SharedFilm"))
    def get(self, _request: Request, secret: str) -> Response:
        """Show."""
        return Response(shares.shared_view(secret), headers={"Cache-Control": "private, no-store"})


@media_view
def shared_media(request: HttpRequest, secret: str, take_id: UUID) -> HttpResponseBase:
    """A shared clip, as a copy that says what it is; as a download only if its maker allows copies."""
    take = shares.shared_take(secret, take_id)
    if take.asset is None or (request.GET.get("download") and not shares.open_share(secret).allow_copy):
        raise NotFound("there is nothing here")
    return send_asset(request, take.asset, leaves=True)


@media_view
def shared_poster(request: HttpRequest, secret: str, take_id: UUID) -> HttpResponseBase:
    """The picture of a shared clip."""
    take = shares.shared_take(secret, take_id)
    if take.asset is None:
        raise NotFound("there is nothing here")
    return send_rendition(request, take.asset, f"poster-{poster_width(request)}")


@media_view
def shared_picture(request: HttpRequest, secret: str, asset_id: UUID) -> HttpResponseBase:
    """A picture on a shared canvas, in a size to look at."""
    return send_rendition(request, shares.shared_picture(secret, asset_id), f"poster-{poster_width(request)}")
