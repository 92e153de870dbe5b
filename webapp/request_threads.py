"""HTTP to Django with one hop: a request is answered whole in one of a few threads that live on.

Django's own ASGI handler enters and leaves a thread for nearly every middleware, in a thread made for each request.
That costs more than most answers do, and every request opens the database anew. Here the event loop reads the request,
a thread runs all of Django in its plain synchronous mode with the connection that it has already, and the loop sends.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.conf import settings
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.db import close_old_connections
from django.http import FileResponse, HttpResponseBase
from django.urls import set_script_prefix


class RequestThreads(ASGIHandler):
    """An ASGI application for HTTP; more requests than threads wait in order."""

    def __init__(self) -> None:
        # Not the parent's: that one sets middleware up to hop between threads.
        self.load_middleware(is_async=False)
        self._threads = ThreadPoolExecutor(settings.WEB_THREADS, thread_name_prefix="request")
        # Within, what Django sends to the channel layer runs in this loop, with the connections that it has.
        self._answer = sync_to_async(self.answer, thread_sensitive=False, executor=self._threads)
        self._close = sync_to_async(_close, thread_sensitive=False, executor=self._threads)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - as ASGI has them
        """Answer one request."""
        if scope["type"] != "http":
            raise ValueError(f"only HTTP comes here, got {scope['type']!r}")
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        try:
            response = await self._answer(scope, body)
            if response.streaming:
                await self._stream(response, receive, send)
            else:
                await self.send_response(response, send)
        finally:
            body.close()

    def close(self) -> None:
        """End the threads, once they have answered."""
        self._threads.shutdown()

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


def _close(response: HttpResponseBase) -> None:
    response.close()
