"""Who one is, one's settings and tokens; members, invitations, signing in; what staff may see."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import ensure_csrf_cookie
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import permissions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from generation.presets import PRESETS, offers_of
from projects.actions import accounts
from projects.actions.clock import database_now
from projects.actions.members import add_member, change_member, members_of, pass_ownership, remove_member
from projects.actions.schedule import WORKER_SILENCE
from projects.actions.usage import usage_of
from projects.api import bodies
from projects.api.answers import answers
from projects.api.requests import person, read
from projects.api.throttling import LogInThrottle
from projects.errors import NotAllowed
from projects.models import ApiToken, Invitation, User, Worker


def user_shape(user: User) -> dict[str, Any]:
    """A person as they see themselves."""
    return {
        "id": str(user.pk),
        "username": user.get_username(),
        "display_name": user.get_full_name() or user.get_username(),
        "language": user.language,
        "settings": user.settings,
        "is_staff": user.is_staff,
        "mode": "team" if settings.TEAM_MODE else "local",
        "usage": usage_of(user),
        "preset": settings.PRESET,
    }


@method_decorator(ensure_csrf_cookie, name="dispatch")
class Me(APIView):
    """Oneself."""

    @extend_schema(responses=answers("User"))
    def get(self, request: Request) -> Response:
        """Show."""
        return Response(user_shape(person(request)))


class MySettings(APIView):
    """One's settings."""

    @extend_schema(request={"application/json": OpenApiTypes.OBJECT}, responses=answers("User"))
    def patch(self, request: Request) -> Response:
        """Set some; null takes one away."""
        values = read(request, AnySettings)
        return Response(user_shape(accounts.change_settings(person(request), {**dict(request.data), **values})))


class AnySettings(serializers.Serializer):
    """Settings are the client's; only the language is the server's business, too."""

    language = serializers.CharField(max_length=10, required=False, allow_blank=True, allow_null=True)


class MyTokens(APIView):
    """One's tokens for programs."""

    @extend_schema(responses=answers("TokenList"))
    def get(self, request: Request) -> Response:
        """List."""
        mine = ApiToken.objects.filter(user=person(request), revoked_at=None).order_by("-created_at")
        return Response([token_shape(token) for token in mine])

    @extend_schema(request=bodies.TokenCreation, responses=answers("ApiToken", status.HTTP_201_CREATED))
    def post(self, request: Request) -> Response:
        """Make one; its secret is shown this once."""
        token, secret = accounts.make_token(person(request), read(request, bodies.TokenCreation)["name"])
        return Response(token_shape(token, secret), status=status.HTTP_201_CREATED)


class MyToken(APIView):
    """One token."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, token_id: UUID) -> Response:
        """Revoke."""
        accounts.revoke_token(person(request), token_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def token_shape(token: ApiToken, secret: str | None = None) -> dict[str, Any]:
    """A token; its secret only when it was just made."""
    return {
        "id": str(token.pk),
        "name": token.name,
        "hint": token.hint,
        "secret": secret,
        "created_at": token.created_at.isoformat(),
        "last_used_at": token.last_used_at.isoformat() if token.last_used_at else None,
    }


class SignIn(APIView):
    """Signing in, for the page."""

    permission_classes = (permissions.AllowAny,)
    authentication_classes = ()
    throttle_classes = (LogInThrottle,)

    @extend_schema(request=bodies.LogIn, responses=answers("User"))
    @method_decorator(ensure_csrf_cookie)
    def post(self, request: Request) -> Response:
        """Begin a session; an unknown name takes as long as a wrong password, and is told the same."""
        body = read(request, bodies.LogIn)
        user = authenticate(request._request, **body)  # noqa: SLF001 - the framework's own way to the plain request
        if not isinstance(user, User):
            raise NotAllowed("the name or the password is wrong", code="log_in_failed")
        login(request._request, user)  # noqa: SLF001
        return Response(user_shape(user))


class SignOut(APIView):
    """Signing out."""

    @extend_schema(request=bodies.Nothing, responses={204: None})
    def post(self, request: Request) -> Response:
        """End the session."""
        logout(request._request)  # noqa: SLF001
        return Response(status=status.HTTP_204_NO_CONTENT)


class InvitationDoor(APIView):
    """An invitation, seen by who has its link."""

    permission_classes = (permissions.AllowAny,)
    throttle_classes = (LogInThrottle,)

    @extend_schema(responses=answers("InvitationOpen"))
    def get(self, _request: Request, secret: str) -> Response:
        """Who invites."""
        found = accounts.open_invitation(secret)
        return Response(
            {
                "email": found.email,
                "invited_by": found.invited_by.get_username(),
                "expires_at": found.expires_at.isoformat(),
            }
        )


class InvitationAcceptance(APIView):
    """Opening an account."""

    permission_classes = (permissions.AllowAny,)
    authentication_classes = ()
    throttle_classes = (LogInThrottle,)

    @extend_schema(request=bodies.Acceptance, responses=answers("User", status.HTTP_201_CREATED))
    def post(self, request: Request, secret: str) -> Response:
        """Accept, and be signed in."""
        user = accounts.accept_invitation(secret, **read(request, bodies.Acceptance))
        login(request._request, user)  # noqa: SLF001
        return Response(user_shape(user), status=status.HTTP_201_CREATED)


class Members(APIView):
    """Who may see or edit a project."""

    @extend_schema(responses=answers("MemberList"))
    def get(self, request: Request, project_id: UUID) -> Response:
        """List."""
        return Response(members_of(person(request), project_id))

    @extend_schema(request=bodies.MemberCreation, responses=answers("MemberList", status.HTTP_201_CREATED))
    def post(self, request: Request, project_id: UUID) -> Response:
        """Add somebody by name."""
        body = read(request, bodies.MemberCreation)
        add_member(person(request), project_id, **body)
        return Response(members_of(person(request), project_id), status=status.HTTP_201_CREATED)


class MemberOfProject(APIView):
    """One member."""

    @extend_schema(request=bodies.MemberChange, responses=answers("MemberList"))
    def patch(self, request: Request, project_id: UUID, user_id: UUID) -> Response:
        """Give another role."""
        change_member(person(request), project_id, user_id, role=read(request, bodies.MemberChange)["role"])
        return Response(members_of(person(request), project_id))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, project_id: UUID, user_id: UUID) -> Response:
        """Take out."""
        remove_member(person(request), project_id, user_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Owner(APIView):
    """Whose a project is."""

    @extend_schema(request=bodies.OwnerChange, responses=answers("MemberList"))
    def post(self, request: Request, project_id: UUID) -> Response:
        """Pass it on to a member; who passes it on stays in it as an editor."""
        pass_ownership(person(request), project_id, read(request, bodies.OwnerChange)["user_id"])
        return Response(members_of(person(request), project_id))


class Presets(APIView):
    """Models."""

    @extend_schema(responses=answers("PresetList"))
    def get(self, _request: Request) -> Response:
        """List."""
        return Response(
            [
                {
                    "name": preset.name,
                    "width": preset.width,
                    "height": preset.height,
                    "seconds": preset.seconds,
                    "step_choices": list(preset.step_choices),
                    "qualities": [asdict(offer) for offer in offers_of(preset)],
                    "current": preset.name == settings.PRESET,
                }
                for preset in PRESETS.values()
            ]
        )


class Workers(APIView):
    """Workers, for staff."""

    permission_classes = (permissions.IsAdminUser,)

    @extend_schema(responses=answers("WorkerList"))
    def get(self, _request: Request) -> Response:
        """List."""
        limit = database_now() - WORKER_SILENCE
        return Response(
            [
                {
                    "name": it.name, "kind": it.kind, "preset": it.preset, "device": it.device,
                    "alive": it.heard_at >= limit and not it.stopping, "holds": it.holds, "rss_bytes": it.rss_bytes,
                    "last_error": it.last_error, "stage_seconds": it.stage_seconds,
                    "heard_at": it.heard_at.isoformat(),
                }
                for it in Worker.objects.order_by("kind", "name")
            ]
        )  # fmt: skip


class Invitations(APIView):
    """Invitations, for staff."""

    permission_classes = (permissions.IsAdminUser,)

    @extend_schema(responses=answers("InvitationList"))
    def get(self, _request: Request) -> Response:
        """List."""
        return Response([invitation_shape(it) for it in Invitation.objects.order_by("-created_at")[:200]])

    @extend_schema(request=bodies.InvitationCreation, responses=answers("Invitation", status.HTTP_201_CREATED))
    def post(self, request: Request) -> Response:
        """Invite; the link is shown this once."""
        body = read(request, bodies.InvitationCreation)
        invitation, secret = accounts.invite(person(request), **body)
        link = request.build_absolute_uri(f"/invitation/{secret}")
        return Response(invitation_shape(invitation, link), status=status.HTTP_201_CREATED)


def invitation_shape(invitation: Invitation, url: str | None = None) -> dict[str, Any]:
    """An invitation as staff see it."""
    return {
        "id": str(invitation.pk),
        "email": invitation.email,
        "url": url,
        "expires_at": invitation.expires_at.isoformat(),
        "accepted_at": invitation.accepted_at.isoformat() if invitation.accepted_at else None,
    }


class Users(APIView):
    """People, for staff; never their media."""

    permission_classes = (permissions.IsAdminUser,)

    @extend_schema(responses=answers("UserList"))
    def get(self, _request: Request) -> Response:
        """List."""
        return Response([user_shape(user) for user in User.objects.filter(deleted_at=None).order_by("username")[:500]])
