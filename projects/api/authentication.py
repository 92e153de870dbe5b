"""Who asks: a person in a browser by session, or a program by bearer token. In local mode, the one person there is."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from projects.actions.accounts import hash_of, note_token_use
from projects.models import ApiToken, User

_SCHEME = "bearer"


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer TOKEN``."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The token's person; None if the request carries no token."""
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != _SCHEME:
            return None
        token = (
            ApiToken.objects.select_related("user")
            .filter(secret_sha256=hash_of(secret.strip()), revoked_at=None, user__is_active=True)
            .first()
        )
        if token is None:
            raise AuthenticationFailed("the token is unknown or revoked")
        note_token_use(token, now=timezone.now())
        return token.user, token

    def authenticate_header(self, _request: Request) -> str:
        """What an unknown caller is asked for; makes the answer 401 instead of 403."""
        return "Bearer"


class PageAuthentication(SessionAuthentication):
    """The session of the page, or local mode's person; unsafe requests must carry the page's CSRF token."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """The page's person; None if nobody is signed in."""
        inner: HttpRequest = request._request  # noqa: SLF001 - the framework's own way to the plain request
        user = getattr(inner, "user", AnonymousUser())
        if not isinstance(user, User) or not user.is_active:
            return None
        self.enforce_csrf(request)
        return user, None


class PageAuthenticationScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # untyped library
    """How the schema describes it."""

    target_class = "projects.api.authentication.PageAuthentication"
    name = "page"

    def get_security_definition(self, _auto_schema: object) -> dict[str, str]:
        """A cookie."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


class TokenAuthenticationScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # untyped library
    """How the schema describes it."""

    target_class = "projects.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, _auto_schema: object) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer"}
