"""Local mode: whoever sits at this machine is the one user, without log-in."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from projects.models import User
from projects.models.prepared import Prepared

LOCAL_NAME = "local"
# Asked for by every request.
_LOCAL = Prepared(lambda: User.objects.filter(is_local=True)[:1])


def local_user() -> User:
    """The one user of a studio without log-in; made when first asked for."""
    if found := _LOCAL():
        return found[0]
    user, _ = User.objects.get_or_create(
        is_local=True, defaults={"username": LOCAL_NAME, "is_staff": True, "is_superuser": True}
    )
    return user


class LocalUserMiddleware:
    """In local mode every request is the local user's; in team mode nothing happens."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, as the local user where there is no log-in."""
        if not settings.TEAM_MODE and not request.user.is_authenticated:
            request.user = local_user()
        return self._get_response(request)
