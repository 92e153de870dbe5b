"""What the product refuses, as one small tree; the API turns it into problem+json, the UI has words for each code.

::

    ProjectError(code, status, params)
    ├── NotFound      404   it does not exist, or this person may not know that it does
    ├── NotAllowed    403   it exists for this person, but not to do this with it
    ├── Invalid       422   a value is wrong; ``fields`` say which
    ├── Conflict      409   the state does not allow it now
    ├── Outdated      412   somebody changed it since; carries what it is now
    ├── QuotaSpent    402   more seconds or bytes than are left
    ├── TooMany       429   a limit on how many; may say when to try again
    └── Unavailable   503   a part that is needed is down or full
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldProblem:
    """One field of a request that is wrong."""

    path: str
    code: str
    detail: str = ""


class ProjectError(Exception):
    """Base of everything refused; ``code`` never changes between versions."""

    code = "server"
    status = 500

    def __init__(
        self,
        detail: str,
        *,
        code: str = "",
        params: Mapping[str, Any] | None = None,
        fields: tuple[FieldProblem, ...] = (),
        current: Any = None,  # noqa: ANN401 - whatever the API shows of the entity
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or type(self).code
        self.params = dict(params or {})
        self.fields = fields
        self.current = current


class NotFound(ProjectError):  # noqa: N818 - an outcome
    """There is no such thing for this person."""

    code = "not_found"
    status = 404


class NotAllowed(ProjectError):  # noqa: N818 - an outcome
    """This person may not do that here."""

    code = "not_allowed"
    status = 403


class Invalid(ProjectError):  # noqa: N818 - an outcome
    """A value is wrong."""

    code = "invalid"
    status = 422


class Conflict(ProjectError):  # noqa: N818 - an outcome
    """Not in this state."""

    code = "conflict"
    status = 409


class Outdated(ProjectError):  # noqa: N818 - an outcome
    """It was changed since it was read."""

    code = "outdated"
    status = 412


class QuotaSpent(ProjectError):  # noqa: N818 - an outcome
    """More than is left."""

    code = "quota"
    status = 402


class TooMany(ProjectError):  # noqa: N818 - an outcome
    """A limit on how many; ``params['retry_after_s']`` says when to try again."""

    code = "too_many"
    status = 429


class Unavailable(ProjectError):  # noqa: N818 - an outcome
    """Something that is needed is down, or the disk is full."""

    code = "unavailable"
    status = 503
