"""Handing out files: by range, cached for ever where their address names their content, never run by a browser."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from generation.errors import StorageError
from projects.api.ranges import ByteRange, NoSuchRange, wanted_range
from projects.artifact_store import artifacts, signed_address
from projects.errors import NotFound

_PIECE = 256 * 1024
FOREVER = "private, max-age=31536000, immutable"
BRIEFLY = "private, no-cache"
# How long a signed address of a bucket is good: whoever lost the right to a file has it no longer than that.
SIGNED_SECONDS = 600
# A file opened by itself can load nothing and run nothing.
_SANDBOX = "default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'; sandbox"


def file_response(
    request: HttpRequest,
    key: str,
    *,
    mime_type: str,
    etag: str,
    cache: str = FOREVER,
    filename: str = "",
    is_large: bool = False,
) -> HttpResponseBase:
    """An artifact as an answer to GET or HEAD.

    Args:
        request: With ``Range``, ``If-None-Match`` and ``?download=1``, if it has them.
        key: Of the artifact.
        mime_type: As it was stored; nobody's name or guess.
        etag: Names the content.
        cache: How long it may be kept.
        filename: What a download is called; empty: it is shown.
        is_large: Whether to send who asks on to the bucket, where files lie in one that browsers reach.

    Raises:
        NotFound: If the file is gone.
    """
    tag = f'"{etag}"'
    if request.headers.get("If-None-Match", "") == tag:
        return _dressed(HttpResponse(status=304), tag, cache, filename)
    path = artifacts().path_of(key)
    if path is None or not path.is_file():
        if is_large and (elsewhere := _at_the_bucket(request, key, mime_type, filename)):
            return elsewhere
        return _from_store(request, key, mime_type, tag, cache, filename)
    if settings.MEDIA_BY_PROXY:
        response = HttpResponse(content_type=mime_type)
        response["X-Accel-Redirect"] = f"/artifacts/{quote(key)}"
        return _dressed(response, tag, cache, filename)
    return _from_disk(request, path, mime_type, tag, cache, filename)


def _from_disk(
    request: HttpRequest, path: Path, mime_type: str, tag: str, cache: str, filename: str
) -> HttpResponseBase:
    return _dressed(
        _part(request, mime_type, path.stat().st_size, lambda shown: _pieces(path, shown)), tag, cache, filename
    )


def _from_store(
    request: HttpRequest, key: str, mime_type: str, tag: str, cache: str, filename: str
) -> HttpResponseBase:
    try:
        size = artifacts().size_of(key)
    except StorageError as error:
        raise NotFound("the file is gone", code="missing_media") from error
    return _dressed(_part(request, mime_type, size, lambda shown: _far_pieces(key, shown)), tag, cache, filename)


def _at_the_bucket(request: HttpRequest, key: str, mime_type: str, filename: str) -> HttpResponseBase | None:
    """Send who may have a file on to where it lies, for a few minutes; None: it is ours to send."""
    if request.method != "GET" or not settings.S3_PUBLIC_ENDPOINT:
        return None
    headers = {"Content-Type": mime_type, "Cache-Control": BRIEFLY}
    if filename:
        headers["Content-Disposition"] = _attachment(filename)
    try:
        # Whoever is sent on reads the bucket's own words, so that what is gone is told here.
        artifacts().size_of(key)
        address = signed_address(key, headers=headers, seconds=SIGNED_SECONDS)
    except StorageError as error:
        raise NotFound("the file is gone", code="missing_media") from error
    if not address:
        return None
    # Asked for again each time: the address is nobody else's and soon void.
    return HttpResponse(status=302, headers={"Location": address, "Cache-Control": "private, no-store"})


def _part(
    request: HttpRequest, mime_type: str, size: int, pieces: Callable[[ByteRange], AsyncIterator[bytes]]
) -> HttpResponseBase:
    """What of a file is asked for, without reading a byte of it before that is sent."""
    try:
        part = wanted_range(request.headers.get("Range", ""), size)
    except NoSuchRange:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    shown = part or ByteRange(start=0, stop=size)
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(content_type=mime_type)
    else:
        response = StreamingHttpResponse(pieces(shown), content_type=mime_type)
    response.status_code = 206 if part else 200
    response.headers["Content-Length"] = str(shown.length)
    if part:
        response.headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    return response


def bytes_response(request: HttpRequest, data: bytes, *, mime_type: str, etag: str, cache: str) -> HttpResponseBase:
    """Something made for this answer, dressed like a file."""
    tag = f'"{etag}"'
    if request.headers.get("If-None-Match", "") == tag:
        return _dressed(HttpResponse(status=304), tag, cache, "")
    return _dressed(HttpResponse(data, content_type=mime_type), tag, cache, "")


def _dressed(response: HttpResponseBase, tag: str, cache: str, filename: str) -> HttpResponseBase:
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = cache
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = _SANDBOX
    if filename:
        response.headers["Content-Disposition"] = _attachment(filename)
    return response


def _attachment(filename: str) -> str:
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_ .") else "_" for sign in filename)
    return f"attachment; filename=\"{plain[:150]}\"; filename*=UTF-8''{quote(filename[:150], safe='')}"


async def _pieces(path: Path, part: ByteRange) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(_open, path, part.start)
    try:
        left = part.length
        while left > 0:
            piece = await asyncio.to_thread(file.read, min(_PIECE, left))
            if not piece:
                return
            left -= len(piece)
            yield piece
    finally:
        file.close()


async def _far_pieces(key: str, part: ByteRange) -> AsyncIterator[bytes]:
    pieces = artifacts().pieces(key, part.start, part.stop)
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        yield piece


def _open(path: Path, start: int) -> BinaryIO:
    file = path.open("rb")
    file.seek(start, os.SEEK_SET)
    return file
