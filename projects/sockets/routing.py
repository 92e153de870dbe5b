"""The way of a socket: its origin must be ours, its session says who it is, one address takes it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import validate_host
from django.urls import path

from projects.models import User
from projects.sockets.consumers import StudioConsumer

Asgi = Callable[..., Any]


def socket_application(router: Callable[[list[Any]], Asgi]) -> Asgi:
    """The application for sockets.

    Args:
        router: Makes an application of addresses.
    """
    return SameOrigin(AuthMiddlewareStack(LocalPerson(router([path("ws/v1", StudioConsumer.as_asgi())]))))


class SameOrigin:
    """Refuses sockets that other sites open: a browser always says where the page is from."""

    def __init__(self, application: Asgi) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Asgi, send: Asgi) -> Any:  # noqa: ANN401
        """Pass on, or deny."""
        headers = dict(scope.get("headers", []))
        origin = headers.get(b"origin", b"").decode("latin-1")
        host = headers.get(b"host", b"").decode("latin-1")
        if not is_ours(origin, host):
            return await WebsocketDenier()(scope, receive, send)
        return await self._application(scope, receive, send)


def is_ours(origin: str, host: str) -> bool:
    """Whether an origin is the host itself, port and all, or one that the settings trust.

    Args:
        origin: The ``Origin`` header; empty if there is none.
        host: The ``Host`` header.
    """
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return False
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    name = urlsplit(f"//{host}").hostname or ""
    return parts.netloc == host and validate_host(name, settings.ALLOWED_HOSTS)


class LocalPerson:
    """Local mode: whoever opens a socket on this machine is the one person there is."""

    def __init__(self, application: Asgi) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Asgi, send: Asgi) -> Any:  # noqa: ANN401
        """Pass on, with the person."""
        user = scope.get("user")
        if not settings.TEAM_MODE and not getattr(user, "is_authenticated", False):
            scope = {**scope, "user": await database_sync_to_async(_local_user)()}
        return await self._application(scope, receive, send)


def _local_user() -> User | None:
    return User.objects.filter(is_local=True).first()
