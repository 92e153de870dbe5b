"""How often one person may ask, told in the answer's headers."""

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from projects.actions.accounts import hash_of


class PersonThrottle(SimpleRateThrottle):
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


class PasswordThrottle(PersonThrottle):
    """For who is signed in and confirms it by password: whoever found the page open may not try many."""

    scope = "log_in"


class EnhanceThrottle(PersonThrottle):
    """For what may cost money elsewhere."""

    scope = "enhance"
