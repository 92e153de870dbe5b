"""Pictures and video of takes, assets, exports and shared films, to whoever may see them."""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from generation.contract.requests import FRAMES_PER_SECOND
from generation.errors import GenerationError
from generation.media.posters import poster_webp
from projects.actions.downloads import download_of
from projects.actions.exports import export_of
from projects.api.authentication import TokenAuthentication
from projects.api.files import BRIEFLY, FOREVER, bytes_response, file_response
from projects.api.problems import CONTENT_TYPE, problem
from projects.artifact_store import artifacts
from projects.errors import Invalid, NotFound, ProjectError
from projects.media.frames import frame_of
from projects.models import Asset, Chunk, Membership, Take, User
from projects.models.project import Role
from projects.permissions import project_for
from projects.shapes.takes import POSTER_WIDTHS

MP4 = "video/mp4"
FRAGMENT = "video/iso.segment"
PLAYLIST = "application/vnd.apple.mpegurl"
WEBP = "image/webp"

View = Callable[..., HttpResponseBase]


def media_view(view: View) -> Callable[..., HttpResponseBase]:
    """A view that says who asks and answers refusals as problems; read in a thread, streamed by the loop."""

    @require_safe
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except ProjectError as error:
            body = problem(error.status, error.code, error.detail, params=error.params)
            return HttpResponse(
                json.dumps({**body, "instance": request.path}), status=error.status, content_type=CONTENT_TYPE
            )

    return guarded


def asker(request: HttpRequest) -> User:
    """Who asks, by session or token.

    Raises:
        NotFound: If nobody does: strangers do not learn what exists.
    """
    user = getattr(request, "user", None)
    if isinstance(user, User) and user.is_active:
        return user
    try:
        found = TokenAuthentication().authenticate(Request(request))
    except AuthenticationFailed:
        found = None
    if found is not None:
        return found[0]
    raise NotFound("there is nothing here for you")


def visible_take(request: HttpRequest, take_id: UUID) -> Take:
    """A take that whoever asks may watch."""
    take = Take.objects.select_related("asset__blob").filter(pk=take_id).first()
    if take is None:
        raise NotFound("there is no such take for you")
    project_for(asker(request), take.project_id, Role.VIEWER)
    return take


def visible_asset(request: HttpRequest, asset_id: UUID) -> Asset:
    """An asset of whoever asks, or of a project that they are in."""
    user = asker(request)
    asset = Asset.objects.select_related("blob").filter(pk=asset_id).first()
    if asset is None:
        raise NotFound("there is no such asset for you")
    if asset.owner_id == user.pk:
        return asset
    shared = Membership.objects.filter(user=user, project__nodes__asset=asset).exists()
    if asset.project_id and not shared:
        shared = Membership.objects.filter(user=user, project_id=asset.project_id).exists()
        shared = shared or (asset.project is not None and asset.project.owner_id == user.pk)
    if not shared:
        raise NotFound("there is no such asset for you")
    return asset


def send_asset(request: HttpRequest, asset: Asset, *, leaves: bool = False) -> HttpResponseBase:
    """An asset's own file; as a download, or where it ``leaves`` the studio, the copy that says where it comes from."""
    wants_file = request.GET.get("download") == "1"
    ending = {"video/mp4": ".mp4", "image/png": ".png", "image/jpeg": ".jpg"}.get(asset.blob.mime_type, "")
    key = download_of(asset) if wants_file or leaves else asset.blob.key
    return file_response(
        request,
        key,
        mime_type=asset.blob.mime_type,
        etag=key.rsplit("/", 1)[-1],
        filename=f"{asset.title or 'sceneloom'}{ending}" if wants_file else "",
        is_large=True,
    )


def send_rendition(request: HttpRequest, asset: Asset, name: str) -> HttpResponseBase:
    """A smaller picture of an asset."""
    found = asset.renditions.filter(name=name).first()
    if found is None:
        raise NotFound("there is no such picture", code="missing_media")
    etag = hashlib.sha256(found.key.encode()).hexdigest()[:32]
    return file_response(request, found.key, mime_type=found.mime_type, etag=etag)


def poster_width(request: HttpRequest) -> int:
    """The width that is asked for; the next larger one there is."""
    asked = request.GET.get("w", "320")
    if not asked.isdecimal() or len(asked) > 5:
        raise Invalid("w must be a number of pixels")
    return next((width for width in POSTER_WIDTHS if width >= int(asked)), POSTER_WIDTHS[-1])


@media_view
def take_media(request: HttpRequest, take_id: UUID) -> HttpResponseBase:
    """A take's file."""
    take = visible_take(request, take_id)
    if take.asset is None:
        raise NotFound("the take has no file yet", code="not_ready")
    return send_asset(request, take.asset)


@media_view
def take_poster(request: HttpRequest, take_id: UUID) -> HttpResponseBase:
    """A take's picture: of its first frame once it is whole, of its newest second before."""
    take = visible_take(request, take_id)
    width = poster_width(request)
    if take.asset is not None:
        return send_rendition(request, take.asset, f"poster-{width}")
    chunk = Chunk.objects.filter(take=take).exclude(poster_key="").order_by("-index").first()
    if chunk is None:
        raise NotFound("the take has no picture yet", code="not_ready")
    return file_response(request, chunk.poster_key, mime_type=WEBP, etag=chunk.fragment_sha256[:32], cache=BRIEFLY)


@media_view
def take_sprite(request: HttpRequest, take_id: UUID) -> HttpResponseBase:
    """A take's sheet of frames."""
    take = visible_take(request, take_id)
    if take.asset is None:
        raise NotFound("the take has no file yet", code="not_ready")
    return send_rendition(request, take.asset, "sprite")


@media_view
def take_frame(request: HttpRequest, take_id: UUID) -> HttpResponseBase:
    """One frame of a take, exactly, at its own size; of seconds that are ready, even while others are made."""
    return send_frame(request, visible_take(request, take_id))


def send_frame(request: HttpRequest, take: Take) -> HttpResponseBase:
    """One frame of a take."""
    number = _frame_number(request)
    chunk = Chunk.objects.filter(take=take, index=number // FRAMES_PER_SECOND).exclude(fragment_key="").first()
    if chunk is None:
        raise NotFound("that frame is not there", code="not_ready")
    try:
        store = artifacts()
        movie = store.get(chunk.init_key) + store.get(chunk.fragment_key)
        frame = frame_of(movie, number % FRAMES_PER_SECOND)
    except GenerationError as error:
        raise NotFound("that frame cannot be read", code="missing_media") from error
    width = int(request.GET["w"]) if request.GET.get("w", "").isdecimal() else frame.shape[1]
    data = poster_webp(frame, max(16, min(width, frame.shape[1])))
    return bytes_response(request, data, mime_type=WEBP, etag=hashlib.sha256(data).hexdigest()[:32], cache=FOREVER)


def _frame_number(request: HttpRequest) -> int:
    frame, at_ms = request.GET.get("frame", ""), request.GET.get("at_ms", "")
    if frame.isdecimal() and len(frame) < 7:
        return int(frame)
    if at_ms.isdecimal() and len(at_ms) < 9:
        return int(at_ms) * FRAMES_PER_SECOND // 1000
    raise Invalid("a frame is named by frame=N or at_ms=N")


@media_view
def live_init(request: HttpRequest, take_id: UUID) -> HttpResponseBase:
    """What a player needs before the first second."""
    return send_init(request, visible_take(request, take_id))


def send_init(request: HttpRequest, take: Take) -> HttpResponseBase:
    """The init segment of a take."""
    chunk = Chunk.objects.filter(take=take, index=0).exclude(fragment_key="").first()
    if chunk is None:
        raise NotFound("no second is ready yet", code="not_ready")
    return file_response(request, chunk.init_key, mime_type=MP4, etag=f"i{chunk.fragment_sha256[:31]}")


@media_view
def live_fragment(request: HttpRequest, take_id: UUID, second: int) -> HttpResponseBase:
    """One second, from 1."""
    return send_fragment(request, visible_take(request, take_id), second)


def send_fragment(request: HttpRequest, take: Take, second: int) -> HttpResponseBase:
    """One second of a take."""
    chunk = Chunk.objects.filter(take=take, index=second - 1).exclude(fragment_key="").first()
    if chunk is None:
        raise NotFound("that second is not ready yet", code="not_ready")
    return file_response(request, chunk.fragment_key, mime_type=FRAGMENT, etag=chunk.fragment_sha256)


@media_view
def live_playlist(request: HttpRequest, take_id: UUID) -> HttpResponseBase:
    """The seconds so far, for players that read playlists."""
    take = visible_take(request, take_id)
    chunks = Chunk.objects.filter(take=take).exclude(fragment_key="").order_by("index")
    ready = sum(1 for number, chunk in enumerate(chunks) if chunk.index == number)
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-TARGETDURATION:1", "#EXT-X-PLAYLIST-TYPE:EVENT"]
    lines += ["#EXT-X-MEDIA-SEQUENCE:0", '#EXT-X-MAP:URI="init.mp4"']
    for second in range(1, ready + 1):
        lines += ["#EXTINF:1.000,", f"{second}.m4s"]
    if ready >= take.duration_s:
        lines.append("#EXT-X-ENDLIST")
    data = ("\n".join(lines) + "\n").encode()
    etag = hashlib.sha256(data).hexdigest()[:32]
    return bytes_response(request, data, mime_type=PLAYLIST, etag=etag, cache=BRIEFLY)


@media_view
def asset_media(request: HttpRequest, asset_id: UUID) -> HttpResponseBase:
    """An asset's file."""
    return send_asset(request, visible_asset(request, asset_id))


@media_view
def asset_poster(request: HttpRequest, asset_id: UUID) -> HttpResponseBase:
    """An asset's picture."""
    return send_rendition(request, visible_asset(request, asset_id), f"poster-{poster_width(request)}")


@media_view
def asset_sprite(request: HttpRequest, asset_id: UUID) -> HttpResponseBase:
    """An asset's sheet of frames."""
    return send_rendition(request, visible_asset(request, asset_id), "sprite")


@media_view
def export_media(request: HttpRequest, export_id: UUID) -> HttpResponseBase:
    """An export's file."""
    export = export_of(asker(request), export_id)
    if export.asset is None:
        raise NotFound("there is no such file for you")
    return send_asset(request, export.asset)


@media_view
def export_sidecar(request: HttpRequest, export_id: UUID, name: str) -> HttpResponseBase:
    """A file beside an export."""
    export = export_of(asker(request), export_id)
    if name not in export.sidecars:
        raise NotFound("there is no such file for you")
    side = export.sidecars[name]
    return file_response(
        request, side["key"], mime_type=side["mime_type"], etag=side["sha256"], filename=name, is_large=True
    )
