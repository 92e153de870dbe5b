"""Films and their exports."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.actions import exports, film_changes, project_export
from projects.api import bodies
from projects.api.answers import answers
from projects.api.repeating import repeatable
from projects.api.requests import person, read, require_version, uuid_of
from projects.errors import Invalid
from projects.generation_client import poke
from projects.models import User
from projects.models.project import Role
from projects.shapes.documents import film_shape
from projects.shapes.exports import export_shape


def _film_made(user: User, made: list[str]) -> Response:
    return Response(film_shape(film_changes.film_for(user, UUID(made[0]), Role.VIEWER)), status=status.HTTP_201_CREATED)


def _export_made(user: User, made: list[str]) -> Response:
    return Response(export_shape(exports.export_of(user, UUID(made[0]))), status=status.HTTP_202_ACCEPTED)


class FilmList(APIView):
    """Films of a project, or of all projects of a person."""

    @extend_schema(operation_id="films_list", responses=answers("FilmList"))
    def get(self, request: Request) -> Response:
        """List."""
        user = person(request)
        mine = Q(project__owner=user) | Q(project__memberships__user=user)
        found = film_changes.films_with_items().filter(mine, project__deleted_at=None).distinct()
        if project := request.query_params.get("project", ""):
            found = found.filter(project_id=uuid_of(project, "project"))
        return Response([film_shape(film) for film in found.order_by("-created_at")[:500]])

    @extend_schema(request=bodies.FilmCreation, responses=answers("Film", status.HTTP_201_CREATED))
    @repeatable(_film_made)
    def post(self, request: Request) -> Response:
        """Make one."""
        body, user = read(request, bodies.FilmCreation), person(request)
        film = film_changes.create_film(user, body["project"], title=body["title"])
        return _film_made(user, [str(film.pk)])


class FilmDetail(APIView):
    """One film."""

    @extend_schema(responses=answers("Film"))
    def get(self, request: Request, film_id: UUID) -> Response:
        """Show."""
        return Response(film_shape(film_changes.film_for(person(request), film_id, Role.VIEWER)))

    @extend_schema(request=bodies.FilmChange, responses=answers("Film"))
    def patch(self, request: Request, film_id: UUID) -> Response:
        """Rename, order, trim; with ``If-Match``, only if nobody has changed it since that version."""
        user, values = person(request), read(request, bodies.FilmChange)
        with transaction.atomic():
            # Held from the look at its version to the change: of two tabs at once, one is told.
            film = film_changes.film_for(user, film_id, Role.EDITOR, lock=True)
            require_version(request, film.version, lambda: film_shape(film))
            changed = film_changes.change_film(user, film_id, values)
        return Response(film_shape(changed))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, film_id: UUID) -> Response:
        """Delete; its clips stay."""
        film_changes.delete_film(person(request), film_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class FilmFromPath(APIView):
    """Filling a film."""

    @extend_schema(request=bodies.FilmBuilding, responses=answers("Film"))
    def post(self, request: Request, film_id: UUID) -> Response:
        """With the chosen takes from the root to a shot; what it continues of a take that was given up is kept."""
        node_id = read(request, bodies.FilmBuilding)["node_id"]
        film = film_changes.build_film(person(request), film_id, node_id)
        poke()
        return Response(film_shape(film))


class FilmExports(APIView):
    """Exports of a film."""

    @extend_schema(request=bodies.Exporting, responses=answers("Export", status.HTTP_202_ACCEPTED))
    @repeatable(_export_made)
    def post(self, request: Request, film_id: UUID) -> Response:
        """Ask for its file."""
        body = read(request, bodies.Exporting)
        preset = body.pop("preset")
        user = person(request)
        export = exports.request_export(user, film_id, preset=preset, options=body)
        poke()
        return _export_made(user, [str(export.pk)])


class ProjectExports(APIView):
    """Files of whole projects."""

    @extend_schema(request=bodies.Nothing, responses=answers("Export", status.HTTP_202_ACCEPTED))
    @repeatable(_export_made)
    def post(self, request: Request, project_id: UUID) -> Response:
        """Ask for one: everything on the canvas and every byte that it is made of, to be taken in again anywhere."""
        user = person(request)
        export = project_export.request_project_file(user, project_id)
        poke()
        return _export_made(user, [str(export.pk)])


class FilmEstimate(APIView):
    """What an export will cost."""

    @extend_schema(responses=answers("Estimate"))
    def get(self, request: Request, film_id: UUID) -> Response:
        """Size and time, roughly."""
        preset = request.query_params.get("preset", "master")
        if preset not in exports.PRESETS:
            raise Invalid(f"preset must be one of {', '.join(exports.PRESETS)}")
        return Response(exports.estimate(person(request), film_id, preset))


class ExportDetail(APIView):
    """One export."""

    @extend_schema(responses=answers("Export"))
    def get(self, request: Request, export_id: UUID) -> Response:
        """Show."""
        return Response(export_shape(exports.export_of(person(request), export_id)))


class ExportCancel(APIView):
    """Stopping."""

    @extend_schema(request=bodies.Nothing, responses=answers("Export"))
    def post(self, request: Request, export_id: UUID) -> Response:
        """Stop."""
        return Response(export_shape(exports.cancel_export(person(request), export_id)))
