"""One file from a hub, whole and verified, however often the connection breaks.

The rest of a part is asked for by Range, with If-Range so that a server whose file has changed sends it all again. A
server that answers something else than was asked for (another start, another size, nothing) is not believed: the part
is started anew. In the end the hash decides.
"""

import re
from collections.abc import Callable
from pathlib import Path

from generation.errors import DownloadError
from generation.weights.hub.listing import RemoteFile
from generation.weights.hub.part_file import PartFile, open_part
from generation.weights.hub.transport import Answer, PassingError, Transport, describe_status, retrying

_BLOCK = 2**18
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


def _strong_etag(answer: Answer) -> str:
    # A weak ETag only promises an equivalent file, not the same bytes.
    etag = answer.headers.get("etag", "")
    return "" if etag.startswith("W/") else etag


def _check_unchanged(answer: Answer, remote: RemoteFile) -> None:
    """Compare the hash that the hub sends along with the one it listed."""
    linked = answer.hub_headers.get("x-linked-etag", "").removeprefix("W/").strip('"')
    if remote.sha256 and re.fullmatch(r"[0-9a-f]{64}", linked) and linked != remote.sha256:
        raise DownloadError(f"{remote.path} has changed at the hub since it was listed; start again")


def _begin(answer: Answer, part: PartFile, asked: int) -> None:
    """Bring the part to where the answer's body begins, and note its ETag.

    Raises:
        PassingError: If the answer is not what was asked for; the part is started anew then.
        DownloadError: If the file is not there, or may not be had.
    """
    size = part.remote.num_bytes
    if answer.status == 200:
        part.restart(_strong_etag(answer))
        announced = answer.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) != size:
            raise PassingError(f"{part.remote.path} has {size} bytes by the hub's list but comes with {announced}")
        return
    if answer.status == 206:
        span = _CONTENT_RANGE.fullmatch(answer.headers.get("content-range", ""))
        fits = span and int(span.group(1)) == asked and span.group(3) in ("*", str(size))
        etag = _strong_etag(answer)
        if not fits or (part.etag and etag and part.etag != etag):
            part.restart("")
            raise PassingError(f"the server sent another part of {part.remote.path} than was asked for")
        return
    if answer.status == 416:
        part.restart("")
        raise PassingError(f"the server has fewer bytes of {part.remote.path} than are here")
    hint = "; the hub wants a login for it" if answer.status in (401, 403) else ""
    raise DownloadError(f"{part.remote.url} answers {describe_status(answer.status)}{hint}")


def _fetch_rest(
    part: PartFile, transport: Transport, report: Callable[[int], None], should_stop: Callable[[], None]
) -> None:
    """Ask for what is missing and add what comes.

    Raises:
        PassingError: If not all of it came.
    """
    asked, size = part.length, part.remote.num_bytes
    if asked == size:
        return
    headers = {"Accept-Encoding": "identity"}
    if asked:
        headers["Range"] = f"bytes={asked}-"
        if part.etag:
            headers["If-Range"] = part.etag
    with transport.open(part.remote.url, headers=headers) as answer:
        _check_unchanged(answer, part.remote)
        _begin(answer, part, asked)
        while part.length < size:
            should_stop()
            # Never more than is missing: a body that goes on is cut, and the hash has the last word.
            block = answer.read(min(_BLOCK, size - part.length))
            if not block:
                raise PassingError(f"the connection ended after {part.length} of {size} bytes of {part.remote.path}")
            part.append(block)
            report(part.length)


def fetch_file(
    remote: RemoteFile,
    target: Path,
    *,
    transport: Transport,
    report: Callable[[int], None],
    should_stop: Callable[[], None],
    wait: Callable[[float], None],
) -> None:
    """Bring one file here, going on where an earlier attempt or process stopped.

    Args:
        remote: What to fetch.
        target: Where it will stand when, and only when, it is whole and verified.
        transport: Sends the requests.
        report: Told how many bytes of the file are here, after every block; it can shrink when a file starts anew.
        should_stop: Raises if the caller asked to stop; what arrived is kept.
        wait: Sleeps between attempts, in seconds.

    Raises:
        DownloadError: If it cannot be had, or arrives with another hash than promised.
        StorageError: If the disk refuses it.
    """
    with open_part(target, remote, should_stop=should_stop) as part:
        for _ in range(2):
            report(part.length)
            retrying(
                lambda: _fetch_rest(part, transport, report, should_stop),
                policy=transport.policy,
                wait=wait,
                progress=lambda: part.furthest,
            )
            if part.is_right:
                part.finish()
                return
            # Damaged on the way, on the disk, or while it was a part: once more from the start.
            part.restart("")
            part.furthest = 0
    raise DownloadError(
        f"{remote.path} arrived twice with another hash than the hub's ({remote.sha256 or remote.git_sha1}); "
        "use another mirror"
    )
