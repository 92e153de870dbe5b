"""The one page of the frontend, as Vite built it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

_NOT_BUILT = "The frontend is not built. Run ./studio up, or: cd frontend && npm ci && npm run build\n"


@require_safe
@ensure_csrf_cookie
def frontend(_request: HttpRequest) -> HttpResponse:
    """The page; the browser asks anew each time, since it names the hashed files."""
    page = settings.FRONTEND_FOLDER / "index.html"
    if not page.is_file():
        return HttpResponse(_NOT_BUILT, status=503, content_type="text/plain; charset=utf-8")
    response = HttpResponse(page.read_bytes(), content_type="text/html; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response
