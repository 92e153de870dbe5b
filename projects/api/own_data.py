"""What is one's own: taken along as an archive, and left behind for good."""

from uuid import UUID

from django.contrib.auth import logout
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from projects.actions.account_deletion import delete_account, planned_deletion
from projects.actions.exports import export_of
from projects.actions.own_data import own_exports, request_own_data
from projects.api import bodies
from projects.api.answers import answers
from projects.api.repeating import repeatable
from projects.api.requests import person, read
from projects.api.throttling import PasswordThrottle
from projects.generation_client import poke
from projects.models import User
from projects.shapes.exports import export_shape

_MOST_SHOWN = 10


def _archive_asked_for(user: User, made: list[str]) -> Response:
    return Response(export_shape(export_of(user, UUID(made[0]))), status=status.HTTP_202_ACCEPTED)


class MyExports(APIView):
    """Archives of all that is one's own."""

    @extend_schema(responses=answers("ExportList"))
    def get(self, request: Request) -> Response:
        """List those there are, newest first."""
        return Response([export_shape(it) for it in own_exports(person(request))[:_MOST_SHOWN]])

    @extend_schema(request=bodies.Nothing, responses=answers("Export", status.HTTP_202_ACCEPTED))
    @repeatable(_archive_asked_for)
    def post(self, request: Request) -> Response:
        """Ask for one: account, projects, library and words; while one is being made, that one is told again."""
        user = person(request)
        export = request_own_data(user)
        poke()
        return _archive_asked_for(user, [str(export.pk)])


class MyDeletion(APIView):
    """The end of one's account."""

    def get_throttles(self) -> list[BaseThrottle]:
        """A password may be tried as often as at the door."""
        return [PasswordThrottle()] if self.request.method == "POST" else super().get_throttles()

    @extend_schema(responses=answers("Deletion"))
    def get(self, request: Request) -> Response:
        """What it would take along, and what stands against it."""
        planned = planned_deletion(person(request))
        return Response(
            {
                "refused": planned.refused or None,
                "params": planned.params,
                "projects": planned.projects,
                "shared": [
                    {"id": str(project.pk), "title": project.title, "members": members}
                    for project, members in planned.shared
                ],
                "memberships": planned.memberships,
                "takes": planned.takes,
            }
        )

    @extend_schema(request=bodies.AccountDeletion, responses={204: None})
    def post(self, request: Request) -> Response:
        """Close it for good; the password confirms that."""
        delete_account(person(request), password=read(request, bodies.AccountDeletion)["password"])
        logout(request._request)  # noqa: SLF001 - the framework's own way to the plain request
        poke()
        return Response(status=status.HTTP_204_NO_CONTENT)
