"""Projects and their canvases."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import UUIDField
from django.utils.decorators import method_decorator
from django.views.decorators.gzip import gzip_page
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.actions.checkpoints import make_checkpoint, restore_checkpoint
from projects.actions.film_changes import films_as_shown
from projects.actions.operations import apply_operations
from projects.actions.projects import change_project, create_project, duplicate_project, put_in_bin
from projects.actions.queue_view import queue_places
from projects.actions.templates import TEMPLATES, create_from_template
from projects.api import bodies
from projects.api.answers import answers
from projects.api.paging import CursorPaging
from projects.api.project_cards import card, cards, visible_projects
from projects.api.repeating import repeatable
from projects.api.requests import person, read, require_version
from projects.models import Checkpoint, Node, Operation, User
from projects.models.prepared import Prepared
from projects.models.project import Role
from projects.permissions import project_for
from projects.shapes.assets import assets_shape, with_cards
from projects.shapes.canvas_takes import canvas_takes
from projects.shapes.documents import film_shape, nodes_shape

_SORTS = {"recent": "-edited_at", "created": "-created_at", "name": "title"}
_MOST_HISTORY = 200
# What a canvas shows.
_NODES = Prepared(
    lambda project: Node.objects.filter(project=project, deleted_at=None).order_by("created_at"), project=UUIDField()
)
_FILMS = Prepared(lambda project: films_as_shown().filter(project=project), project=UUIDField())


def project_made(user: User, made: list[str]) -> Response:
    """What whoever made a project is told."""
    return Response(card(user, project_for(user, made[0], Role.VIEWER, in_bin=True)), status=status.HTTP_201_CREATED)


class ProjectPaging(CursorPaging):
    """In the order asked for."""

    page_size = 60


class ProjectList(APIView):
    """All projects of a person; new ones."""

    @extend_schema(operation_id="projects_list", responses=answers("ProjectList"))
    def get(self, request: Request) -> Response:
        """List, by state (active, archived, deleted), by whose they are (mine, shared), and search."""
        user = person(request)
        state = request.query_params.get("filter[state]", "active")
        found = visible_projects(user)
        found = found.exclude(deleted_at=None) if state == "deleted" else found.filter(deleted_at=None)
        if state != "deleted":
            found = found.exclude(archived_at=None) if state == "archived" else found.filter(archived_at=None)
        match request.query_params.get("filter[owner]", ""):
            case "mine":
                found = found.filter(owner=user)
            case "shared":
                found = found.exclude(owner=user)
        if words := request.query_params.get("search", "").strip():
            found = found.filter(title__icontains=words[:200])
        paging = ProjectPaging()
        paging.ordering = _SORTS.get(request.query_params.get("sort", ""), "-edited_at")
        page = paging.paginate_queryset(found, request) or []
        return paging.get_paginated_response(cards(user, page))

    @extend_schema(request=bodies.ProjectCreation, responses=answers("Project", status.HTTP_201_CREATED))
    @repeatable(project_made)
    def post(self, request: Request) -> Response:
        """Make one; from an asset or a template, if named."""
        user, body = person(request), read(request, bodies.ProjectCreation)
        if body["template"]:
            project = create_from_template(user, body["template"], language=user.language)
        else:
            project = create_project(user, title=body["title"].strip(), asset_id=body["asset"])
        return project_made(user, [str(project.pk)])


class TemplateList(APIView):
    """Starter trees."""

    @extend_schema(responses=answers("TemplateList"))
    def get(self, _request: Request) -> Response:
        """All of them."""
        return Response([template.to_json() for template in TEMPLATES])


class ProjectDetail(APIView):
    """One project."""

    @extend_schema(responses=answers("Project"))
    def get(self, request: Request, project_id: UUID) -> Response:
        """Show."""
        user = person(request)
        return Response(card(user, project_for(user, project_id, Role.VIEWER, in_bin=True)))

    @extend_schema(request=bodies.ProjectChange, responses=answers("Project"))
    def patch(self, request: Request, project_id: UUID) -> Response:
        """Rename, archive, take out of the bin; with ``If-Match``, only if nobody has changed it since that version."""
        user, values = person(request), read(request, bodies.ProjectChange)
        with transaction.atomic():
            project = project_for(user, project_id, Role.EDITOR, in_bin=True, lock=True)
            require_version(request, project.version, lambda: card(user, project))
            change_project(user, project_id, values)
        return Response(card(user, visible_projects(user).get(pk=project_id)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, project_id: UUID) -> Response:
        """Put into the bin."""
        put_in_bin(person(request), project_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ProjectCopy(APIView):
    """Copies."""

    @extend_schema(request=bodies.Nothing, responses=answers("Project", status.HTTP_201_CREATED))
    @repeatable(project_made)
    def post(self, request: Request, project_id: UUID) -> Response:
        """Duplicate."""
        user = person(request)
        copy = duplicate_project(user, project_id)
        return project_made(user, [str(copy.pk)])


@method_decorator(gzip_page, name="dispatch")
class Canvas(APIView):
    """Everything that a canvas shows, in one call and a fixed number of queries."""

    @extend_schema(responses=answers("Canvas"))
    def get(self, request: Request, project_id: UUID) -> Response:
        """Open."""
        user = person(request)
        project = project_for(user, project_id, Role.VIEWER)
        # Read first: what happens meanwhile is told by events after it.
        seq, operation_seq = project.event_seq, project.operation_seq
        nodes = _NODES(project=project.pk)
        shown = {node.asset_id for node in nodes if node.asset_id}
        return Response(
            {
                "project": card(user, project),
                "nodes": nodes_shape(nodes),
                "takes": canvas_takes(project.pk, queue_places),
                "films": [film_shape(film) for film in _FILMS(project=project.pk)],
                "assets": assets_shape(with_cards().filter(pk__in=shown)) if shown else [],
                "seq": seq,
                "operation_seq": operation_seq,
            }
        )


class Operations(APIView):
    """Edits."""

    @extend_schema(request=bodies.OperationBatch, responses=answers("Applied"))
    def post(self, request: Request, project_id: UUID) -> Response:
        """Apply a batch of commands."""
        body = read(request, bodies.OperationBatch)
        done = apply_operations(person(request), project_id, body["ops"], client_id=body["client_id"])
        return Response(
            {
                "applied": done.applied,
                "clashes": [clash.to_json() for clash in done.clashes],
                "operation_seq": done.operation_seq,
            }
        )


class History(APIView):
    """The log of edits, newest first."""

    @extend_schema(responses=answers("History"))
    def get(self, request: Request, project_id: UUID) -> Response:
        """Show, a page before a number."""
        project_for(person(request), project_id, Role.VIEWER)
        found = Operation.objects.filter(project_id=project_id).select_related("user").order_by("-seq")
        before = request.query_params.get("before_seq", "")
        if before.isdecimal():
            found = found.filter(seq__lt=int(before))
        return Response(
            {
                "operations": [
                    {
                        "id": str(it.pk), "seq": it.seq, "type": it.type, "group_id": it.group_id, "body": it.body,
                        "by": it.user.get_username(), "at": it.created_at.isoformat(),
                    }
                    for it in found[:_MOST_HISTORY]
                ]
            }
        )  # fmt: skip


class CheckpointList(APIView):
    """Named moments."""

    @extend_schema(responses=answers("CheckpointList"))
    def get(self, request: Request, project_id: UUID) -> Response:
        """List."""
        project_for(person(request), project_id, Role.VIEWER)
        found = Checkpoint.objects.filter(project_id=project_id).order_by("-created_at")[:_MOST_HISTORY]
        return Response([checkpoint_shape(it) for it in found])

    @extend_schema(request=bodies.CheckpointCreation, responses=answers("Checkpoint", status.HTTP_201_CREATED))
    def post(self, request: Request, project_id: UUID) -> Response:
        """Name this moment."""
        made = make_checkpoint(person(request), project_id, read(request, bodies.CheckpointCreation)["name"])
        return Response(checkpoint_shape(made), status=status.HTTP_201_CREATED)


class CheckpointRestore(APIView):
    """Back to a named moment."""

    @extend_schema(request=bodies.Nothing, responses=answers("Applied"))
    def post(self, request: Request, project_id: UUID, checkpoint_id: UUID) -> Response:
        """Restore the document; takes and files stay."""
        seq = restore_checkpoint(person(request), project_id, checkpoint_id)
        return Response({"applied": [], "clashes": [], "operation_seq": seq})


def checkpoint_shape(checkpoint: Checkpoint) -> dict[str, Any]:
    """A checkpoint as clients see it."""
    return {
        "id": str(checkpoint.pk),
        "name": checkpoint.name,
        "operation_seq": checkpoint.operation_seq,
        "created_at": checkpoint.created_at.isoformat(),
    }
