"""HTTP as downloads need it: redirects that keep the hub's own headers, faults sorted into passing and final."""

import http.client
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TypeVar

from generation.errors import DownloadError

_AGENT = "sceneloom"
_MOST_REDIRECTS = 5
_PASSING = (408, 425, 429, 500, 502, 503, 504)
_HUB_HEADERS = ("x-linked-etag", "x-linked-size", "x-repo-commit")
_Result = TypeVar("_Result")


class PassingError(Exception):
    """A fault that may be gone the next time: a dropped connection, a busy server."""

    def __init__(self, message: str, *, wait_seconds: float = 0.0) -> None:
        super().__init__(message)
        # How long the server asks to be left alone.
        self.wait_seconds = wait_seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class RetryPolicy:
    """How often and how patiently a fault is tried away."""

    # In a row without any progress.
    attempts: int = 6
    first_wait_seconds: float = 1.0
    longest_wait_seconds: float = 60.0
    # Without a byte for this long a connection is given up.
    timeout_seconds: float = 30.0

    def wait_seconds(self, attempt: int, asked: float) -> float:
        """How long to wait after the attempt of this number, counted from 1."""
        return min(max(self.first_wait_seconds * 2.0 ** (attempt - 1), asked), self.longest_wait_seconds)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A response whose body has not been read yet."""

    status: int
    # By lower-case name.
    headers: Mapping[str, str]
    # The hub's own headers about a file (``x-linked-etag``, ...), from whichever redirect carried them.
    hub_headers: Mapping[str, str]
    body: http.client.HTTPResponse

    def read(self, most: int) -> bytes:
        """The next bytes, as they come; empty at the end.

        Raises:
            PassingError: If the connection breaks.
        """
        try:
            return self.body.read1(most)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise PassingError(f"the connection broke ({_reason(error)})") from error


def _reason(error: Exception) -> str:
    reason = getattr(error, "reason", None)
    return str(reason or error or type(error).__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Transport:
    """Sends requests; knows nothing of hubs but the names of their headers."""

    policy: RetryPolicy = field(default_factory=RetryPolicy)
    # Scheme to proxy address, as urllib.request.getproxies gives them.
    proxies: Mapping[str, str] = field(default_factory=dict)

    def _opener(self) -> urllib.request.OpenerDirector:
        # Only what is needed: no file: or ftp: addresses, no redirects behind our back, no errors for statuses.
        opener = urllib.request.OpenerDirector()
        opener.add_handler(urllib.request.ProxyHandler(dict(self.proxies)))
        opener.add_handler(urllib.request.HTTPHandler())
        opener.add_handler(urllib.request.HTTPSHandler())
        return opener

    @contextmanager
    def open(self, url: str, *, headers: Mapping[str, str] | None = None) -> Iterator[Answer]:
        """Send a GET and follow its redirects; the answer may have any status but a redirect's.

        Raises:
            PassingError: If the server cannot be reached, or is busy.
            DownloadError: If redirects lead astray, or the address is not http(s).
        """
        opener, hub_headers = self._opener(), dict[str, str]()
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._send(opener, url, headers or {}, hub_headers)
            try:
                if not 300 <= answer.status < 400:
                    _raise_if_busy(answer, url)
                    yield answer
                    return
                url = _redirected(url, answer.headers.get("location", ""))
            finally:
                answer.body.close()
        raise DownloadError(f"{url} redirects more than {_MOST_REDIRECTS} times")

    def _send(
        self,
        opener: urllib.request.OpenerDirector,
        url: str,
        headers: Mapping[str, str],
        hub_headers: dict[str, str],
    ) -> Answer:
        require_web_address(url)
        request = urllib.request.Request(url, headers={"User-Agent": _AGENT, **headers})  # noqa: S310 - checked above
        try:
            response = opener.open(request, timeout=self.policy.timeout_seconds)
        except (OSError, http.client.HTTPException) as error:
            raise PassingError(f"{_host(url)} cannot be reached ({_reason(error)})") from error
        found = {name.lower(): value for name, value in response.headers.items()}
        for name in _HUB_HEADERS:
            if name in found:
                hub_headers.setdefault(name, found[name])
        return Answer(status=response.status, headers=found, hub_headers=hub_headers, body=response)


def require_web_address(url: str) -> None:
    """Check that an address is one for HTTP.

    Raises:
        DownloadError: If it is not.
    """
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise DownloadError(f"an address must begin with https:// or http:// and a host, got {url!r}")


def _host(url: str) -> str:
    return urllib.parse.urlsplit(url).netloc


def _redirected(url: str, location: str) -> str:
    target = urllib.parse.urljoin(url, location)
    if not location or (url.startswith("https:") and not target.startswith("https:")):
        raise DownloadError(f"{url} redirects to {location or 'nowhere'}, which is not followed")
    return target


def _raise_if_busy(answer: Answer, url: str) -> None:
    if answer.status not in _PASSING:
        return
    asked = answer.headers.get("retry-after", "")
    raise PassingError(
        f"{_host(url)} answers {describe_status(answer.status)}",
        wait_seconds=float(asked) if asked.isdecimal() else 0.0,
    )


def describe_status(status: int) -> str:
    """A status with its name, as ``404 Not Found``."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def retrying(
    action: Callable[[], _Result],
    *,
    policy: RetryPolicy,
    wait: Callable[[float], None],
    progress: Callable[[], int] = lambda: 0,
) -> _Result:
    """Repeat an action until it gives a result, or fails ``policy.attempts`` times in a row without progress.

    Args:
        action: What to do; a :class:`PassingError` makes it be tried again.
        policy: How often and how patiently.
        wait: Sleeps, in seconds.
        progress: A number that grows while the action gets on; growth starts the count anew.

    Raises:
        DownloadError: With the last fault.
    """
    failed, reached = 0, progress()
    while True:
        try:
            return action()
        except PassingError as fault:
            # A trickle is no progress: a server that gives a byte a time would keep us for ever.
            if progress() - reached >= 2**16:
                failed, reached = 0, progress()
            failed += 1
            if failed >= policy.attempts:
                raise DownloadError(
                    f"{fault}; gave up after {failed} attempts. What arrived is kept: start again to go on"
                ) from fault
            wait(policy.wait_seconds(failed, fault.wait_seconds))
