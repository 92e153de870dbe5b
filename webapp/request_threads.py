"""HTTP to Django with one hop: a request is answered whole in one of a few threads that live on.

Django's own ASGI handler enters and leaves a thread for nearly every middleware, in a thread made for each request.
That costs more than most answers do, and every request opens the database anew. Here the event loop reads the request,
a thread runs all of Django in its plain synchronous mode with the connection that it has already, and the loop sends.

More requests than threads wait in order. Nobody waits in a line that is too long: who comes then is told to come again,
at once, so that a flood does not make every answer slow. Who asks whether the studio lives has a thread of their own.
"""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.db import close_old_connections
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.urls import set_script_prefix

from projects.api.problems import CONTENT_TYPE, problem
from webapp.request_bodies import BodyRefused, read_body, require_size

# Asked by who watches the machine: answered above all when it has much to do.
WATCHED = ("/healthz", "/readyz", "/metrics")
RETRY_AFTER_SECONDS = 2


class RequestThreads(ASGIHandler):
    """An ASGI application for HTTP; more requests than threads wait in order, up to a bound."""

    def __init__(self) -> None:
        self._most_inside = settings.WEB_THREADS + settings.WEB_WAITING
        # Being answered, or in line; touched by the loop alone.
        self._inside = 0
        # Not the parent's: that one sets middleware up to hop between threads.
        self.load_middleware(is_async=False)
        self._threads = ThreadPoolExecutor(settings.WEB_THREADS, thread_name_prefix="request")
        # Within, what Django sends to the channel layer runs in this loop, with the connections that it has.
        self._answer = sync_to_async(self.answer, thread_sensitive=False, executor=self._threads)
        self._close = sync_to_async(_close, thread_sensitive=False, executor=self._threads)
        self._watch_thread = ThreadPoolExecutor(1, thread_name_prefix="watch")
        self._answer_watcher = sync_to_async(self.answer, thread_sensitive=False, executor=self._watch_thread)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - as ASGI has them
        """Answer one request."""
        if scope["type"] != "http":
            raise ValueError(f"only HTTP comes here, got {scope['type']!r}")
        is_watcher = scope["path"] in WATCHED
        # Before a byte of it is read: what is refused shall cost nothing.
        if self._inside >= self._most_inside and not is_watcher:
            await self.send_response(overloaded(scope["path"]), send)
            return
        try:
            require_size(scope["headers"], most=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
            body = await read_body(receive, most=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        except RequestAborted:
            return
        except BodyRefused as refused:
            await self.send_response(unread(scope["path"], refused), send)
            return
        try:
            response = await (self._answer_watcher(scope, body) if is_watcher else self._answer_in_line(scope, body))
            if response.streaming:
                await self._stream(response, receive, send)
            else:
                await self.send_response(response, send)
        finally:
            body.close()

    async def _answer_in_line(self, scope: Any, body: IO[bytes]) -> HttpResponseBase:  # noqa: ANN401
        self._inside += 1
        try:
            return await self._answer(scope, body)
        finally:
            self._inside -= 1

    def close(self) -> None:
        """End the threads, once they have answered."""
        self._threads.shutdown()
        self._watch_thread.shutdown()

    def answer(self, scope: Any, body: IO[bytes]) -> HttpResponseBase:  # noqa: ANN401 - as ASGI has it
        """What Django says to a request, in the thread that calls; the database is let go before it is sent."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refusal = self.create_request(scope, body)
        response = self.get_response(request) if request is not None else refusal
        if response is None:
            raise TypeError("a request that cannot be read has its refusal")
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        if response.streaming:
            close_old_connections()
        else:
            response.close()
        return response

    async def _stream(self, response: HttpResponseBase, receive: Any, send: Any) -> None:  # noqa: ANN401
        """Send piece by piece, until all is sent or nobody is there any more."""
        # What reads a file without async waits in a thread of its own, not in the one that sockets share.
        async with ThreadSensitiveContext():
            jobs = [asyncio.create_task(self.send_response(response, send)), asyncio.create_task(receive())]
            try:
                await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for job in jobs:
                    job.cancel()
                await asyncio.wait(jobs)
                await self._close(response)
        if not jobs[0].cancelled() and (error := jobs[0].exception()):
            raise error


def overloaded(path: str) -> HttpResponse:
    """What is told to who comes while the line is too long; their client sends it again by itself."""
    body = problem(
        503, "overloaded", "too many requests are waiting; try again", params={"retry_after_s": RETRY_AFTER_SECONDS}
    )
    return _said(path, body, {"Retry-After": str(RETRY_AFTER_SECONDS)})


def unread(path: str, refused: BodyRefused) -> HttpResponse:
    """What is told to who sends what is not read to its end; the connection is of no use after that."""
    return _said(path, problem(refused.status, refused.code, refused.detail), {"Connection": "close"})


def _said(path: str, body: dict[str, Any], headers: dict[str, str]) -> HttpResponse:
    """A problem that Django's middleware never sees."""
    return HttpResponse(
        json.dumps({**body, "instance": path}), status=body["status"], content_type=CONTENT_TYPE,
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **headers},
    )  # fmt: skip


def _close(response: HttpResponseBase) -> None:
    response.close()
