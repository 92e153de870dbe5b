"""The library."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.actions import library
from projects.actions.projects import create_project
from projects.api import bodies
from projects.api.answers import answers
from projects.api.paging import CursorPaging
from projects.api.projects import project_made
from projects.api.repeating import repeatable
from projects.api.requests import person, read, require_version
from projects.models import Collection
from projects.shapes.assets import asset_shape, assets_shape

_SORTS = {"newest": "-created_at", "oldest": "created_at", "longest": "-duration_ms", "name": "title"}


class AssetList(APIView):
    """All assets of a person."""

    @extend_schema(operation_id="assets_list", responses=answers("AssetList"))
    def get(self, request: Request) -> Response:
        """Search and filter; the first page brings the facets."""
        user = person(request)
        query: dict[str, str] = request.query_params.dict()  # the last value of each
        found = library.searched(library.library_of(user), query.get("search", ""))
        facets = {key[7:-1]: value for key, value in query.items() if key.startswith("filter[") and key.endswith("]")}
        found = library.filtered(found, facets)
        paging = CursorPaging()
        paging.ordering = _SORTS.get(query.get("sort", ""), "-created_at")
        page = paging.paginate_queryset(found, request) or []
        response = paging.get_paginated_response(assets_shape(page))
        response.data["facets"] = None if query.get("cursor") else library.facets_of(user)
        return response


class AssetDetail(APIView):
    """One asset."""

    @extend_schema(responses=answers("AssetCard"))
    def get(self, request: Request, asset_id: UUID) -> Response:
        """Show."""
        return Response(asset_shape(library.asset_of(person(request), asset_id)))

    @extend_schema(request=bodies.AssetChange, responses=answers("AssetCard"))
    def patch(self, request: Request, asset_id: UUID) -> Response:
        """Rename, star, reject, tag; with ``If-Match``, only if nobody has changed it since that version."""
        user, values = person(request), read(request, bodies.AssetChange)
        with transaction.atomic():
            # Held from the look at its version to the change: of two tabs at once, one is told.
            asset = library.asset_of(user, asset_id, lock=True)
            require_version(request, asset.version, lambda: asset_shape(asset))
            library.change_assets(user, [asset.pk], values)
        return Response(asset_shape(library.asset_of(user, asset_id)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, asset_id: UUID) -> Response:
        """Put away; films and shots that use it keep it."""
        user = person(request)
        library.bulk(user, "delete", [library.asset_of(user, asset_id).pk], "")
        return Response(status=status.HTTP_204_NO_CONTENT)


class AssetBulkChange(APIView):
    """Many assets."""

    @extend_schema(request=bodies.AssetBulk, responses=answers("Count"))
    def post(self, request: Request) -> Response:
        """Do one thing with all of them."""
        body = read(request, bodies.AssetBulk)
        return Response({"count": library.bulk(person(request), body["action"], body["ids"], body["value"])})


class Lineage(APIView):
    """Where an asset comes from, and what came from it."""

    @extend_schema(responses=answers("Lineage"))
    def get(self, request: Request, asset_id: UUID) -> Response:
        """Show."""
        above, below = library.lineage_of(person(request), asset_id)
        return Response({"ancestors": assets_shape(above), "descendants": assets_shape(below)})


class AssetProject(APIView):
    """New projects from assets."""

    @extend_schema(request=bodies.Nothing, responses=answers("Project", status.HTTP_201_CREATED))
    @repeatable(project_made)
    def post(self, request: Request, asset_id: UUID) -> Response:
        """Begin with it."""
        user = person(request)
        project = create_project(user, asset_id=asset_id)
        return project_made(user, [str(project.pk)])


def collection_shape(collection: Collection) -> dict[str, Any]:
    """A collection as clients see it."""
    return {"id": str(collection.pk), "title": collection.title, "assets": getattr(collection, "size", 0)}


class CollectionList(APIView):
    """Collections."""

    @extend_schema(responses=answers("CollectionList"))
    def get(self, request: Request) -> Response:
        """List."""
        mine = Collection.objects.filter(owner=person(request)).annotate(size=Count("assets")).order_by("title")
        return Response([collection_shape(it) for it in mine])

    @extend_schema(request=bodies.CollectionBody, responses=answers("Collection", status.HTTP_201_CREATED))
    def post(self, request: Request) -> Response:
        """Make one."""
        made = library.create_collection(person(request), read(request, bodies.CollectionBody)["title"])
        return Response(collection_shape(made), status=status.HTTP_201_CREATED)


class CollectionDetail(APIView):
    """One collection."""

    @extend_schema(request=bodies.CollectionBody, responses=answers("Collection"))
    def patch(self, request: Request, collection_id: UUID) -> Response:
        """Rename."""
        title = read(request, bodies.CollectionBody)["title"]
        return Response(collection_shape(library.change_collection(person(request), collection_id, title)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, collection_id: UUID) -> Response:
        """Give up."""
        library.delete_collection(person(request), collection_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
