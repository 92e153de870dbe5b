"""Headers that keep pages from running what is not theirs."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


# Frames of live video are appended through blob: addresses; styles of positioned nodes are inline.
def _policy(bucket: str) -> str:
    """What pages may load: ours, and pictures and clips from the bucket that they are sent on to, if there is one."""
    parts = urlsplit(bucket)
    # With the bucket's name before the host, or after it.
    also = f" {parts.scheme}://{parts.netloc} {parts.scheme}://*.{parts.netloc}" if bucket else ""
    return "; ".join((
        "default-src 'self'",
        f"img-src 'self' blob: data:{also}",
        f"media-src 'self' blob:{also}",
        "style-src 'self' 'unsafe-inline'",
        "connect-src 'self' ws: wss:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ))  # fmt: skip


class SecurityHeadersMiddleware:
    """Adds the content policy to every answer that has none of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        self._policy = _policy(settings.S3_PUBLIC_ENDPOINT)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, with the headers."""
        response = self._get_response(request)
        response.headers.setdefault("Content-Security-Policy", self._policy)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response
