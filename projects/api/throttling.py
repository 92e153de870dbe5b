"""How often one person may ask, told in the answer's headers."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponseBase
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from projects.actions.accounts import hash_of

if TYPE_CHECKING:
    # Views read the settings, which name this module.
    from rest_framework.views import APIView


class CountedThrottle(SimpleRateThrottle):
    """Counts requests from one full minute to the next.

    The framework's own keeps the time of each, and reads and writes them all for each request: at a hundred a second
    that costs as much as some answers do.
    """

    # Of the rate, by the framework: so many in so many seconds.
    num_requests: int
    duration: int

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Whether this one is not too many."""
        if self.rate is None:
            return True
        now = self.timer()
        window, into = divmod(now, self.duration)
        self._left = self.duration - into
        count = self._count(f"{self.get_cache_key(request, view)}.{int(window)}")
        self._note(request, max(0, self.num_requests - count))
        return count <= self.num_requests

    def _count(self, key: str) -> int:
        if self.cache.add(key, 1, self.duration):
            return 1
        try:
            return int(self.cache.incr(key))
        except ValueError:
            # Dropped just now, for a cache keeps no promises.
            return 1

    def _note(self, request: Request, left: int) -> None:
        """Leave the count with the request, for the answer's headers."""
        plain: Any = getattr(request, "_request", request)
        plain.rate_limit = {
            "RateLimit-Policy": f'"{self.scope}";q={self.num_requests};w={int(self.duration)}',
            "RateLimit": f'"{self.scope}";r={left};t={math.ceil(self._left)}',
        }

    def wait(self) -> float:
        """Seconds until they are counted anew."""
        return float(self._left)


class PersonThrottle(CountedThrottle):
    """Per person; strangers per address."""

    scope = "person"

    def get_cache_key(self, request: Request, _view: object) -> str:
        """Whose count this is."""
        who = request.user.pk if request.user and request.user.is_authenticated else self.get_ident(request)
        return f"throttle.{self.scope}.{who}"


class LogInThrottle(SimpleRateThrottle):
    """Per account and address together, so that neither alone can be locked out by a stranger."""

    scope = "log_in"

    def get_cache_key(self, request: Request, _view: object) -> str:
        """Whose count this is."""
        name = str(request.data.get("username", ""))[:150].casefold() if isinstance(request.data, dict) else ""
        # Names hold signs that keys of a cache may not.
        return f"throttle.{self.scope}.{self.get_ident(request)}.{hash_of(name)}"


class PasswordThrottle(SimpleRateThrottle):
    """For who is signed in and confirms it by password: whoever found the page open may not try many."""

    scope = "log_in"

    def get_cache_key(self, request: Request, _view: object) -> str:
        """Whose count this is."""
        return f"throttle.password.{request.user.pk}"


class EnhanceThrottle(PersonThrottle):
    """For what may cost money elsewhere."""

    scope = "enhance"


class RateLimitMiddleware:
    """Tells in each counted answer how many more requests are taken, as the draft of ``RateLimit`` headers has it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with what a throttle left."""
        response = self._get_response(request)
        for name, value in getattr(request, "rate_limit", {}).items():
            response.headers[name] = value
        return response
