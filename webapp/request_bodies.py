"""Bodies of requests, read before anything else: bounded in bytes and in time, whoever sends them and whereto.

Nothing that is asked of the studio is larger than a part of an upload. Were a body read to its end first, one without
an end would fill the disk, whether its sender may do anything here or not.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterable
from typing import IO, Any

from django.core.exceptions import RequestAborted

# More than this lies in a file while it comes.
_MOST_IN_MEMORY = 256 * 2**10
# The longest wait for the next piece, and for all: a part of 5 MB over a line of 25 kB a second.
PIECE_SECONDS, WHOLE_SECONDS = 30.0, 240.0


class BodyRefused(Exception):  # noqa: N818 - an outcome
    """A body that is not read to its end; with the status, code and words of the answer."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail


def require_size(headers: Iterable[tuple[bytes, bytes]], *, most: int) -> None:
    """Refuse what is announced to be too large, before a byte of it is read.

    Raises:
        BodyRefused: If ``Content-Length`` says so.
    """
    for name, value in headers:
        if name.lower() == b"content-length" and value.isdigit() and int(value) > most:
            raise _too_large(most)


async def read_body(receive: Callable[[], Awaitable[Any]], *, most: int) -> IO[bytes]:
    """A whole body.

    Args:
        receive: As ASGI has it.
        most: Bytes that are taken.

    Raises:
        BodyRefused: If it is larger, or comes too slowly.
        RequestAborted: If its sender leaves.
    """
    # Closed by whoever gets it, or here.
    body = tempfile.SpooledTemporaryFile(_MOST_IN_MEMORY, mode="w+b")  # noqa: SIM115
    try:
        async with asyncio.timeout(WHOLE_SECONDS):
            await _fill(body, receive, most)
    except TimeoutError as error:
        body.close()
        raise BodyRefused(408, "request_too_slow", "the request did not come to its end in time; try again") from error
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return body


async def _fill(body: IO[bytes], receive: Callable[[], Awaitable[Any]], most: int) -> None:
    size = 0
    while True:
        message = await asyncio.wait_for(receive(), PIECE_SECONDS)
        if message["type"] == "http.disconnect":
            raise RequestAborted
        piece = message.get("body", b"")
        size += len(piece)
        if size > most:
            raise _too_large(most)
        body.write(piece)
        if not message.get("more_body", False):
            return


def _too_large(most: int) -> BodyRefused:
    return BodyRefused(413, "request_too_large", f"a request has at most {most} bytes; send files in parts of 5 MB")
