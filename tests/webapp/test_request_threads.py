"""A request is answered in a thread that lives on; who leaves costs nobody anything."""

import asyncio
import json
import threading

import pytest
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse

from tests.support.sockets import SocketClient
from webapp import asgi
from webapp.request_threads import RequestThreads

pytestmark = pytest.mark.django_db(transaction=True)


class Exchange:
    """One request to the application, and what comes back."""

    def __init__(self, *, leaves=False, aborts=False):
        self.sent, self.leaves, self.aborts = [], leaves, aborts
        self.asked = 0

    async def receive(self):
        self.asked += 1
        if self.aborts:
            return {"type": "http.disconnect"}
        if self.asked == 1:
            return {"type": "http.request", "body": b"", "more_body": False}
        if not self.leaves:
            await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.sent.append(message)
        await asyncio.sleep(0)

    @property
    def body(self):
        return b"".join(message.get("body", b"") for message in self.sent)


def scope(path="/healthz", kind="http"):
    return {
        "type": kind, "http_version": "1.1", "method": "GET", "path": path, "raw_path": path.encode(),
        "query_string": b"", "headers": [(b"host", b"localhost")], "scheme": "http",
        "client": ("127.0.0.1", 1), "server": ("localhost", 80),
    }  # fmt: skip


def asked(application, **how):
    exchange = Exchange(**how)
    asyncio.run(application(scope(), exchange.receive, exchange.send))
    return exchange


@pytest.fixture
def application(settings):
    settings.WEB_THREADS = 1
    threads = RequestThreads()
    yield threads
    threads.close()


def view(monkeypatch, answer):
    monkeypatch.setattr("webapp.request_threads.RequestThreads.get_response", lambda _self, request: answer(request))


def test_a_request_is_answered_by_all_of_django(application):
    exchange = asked(application)

    assert exchange.sent[0]["status"] == 200
    assert (b"X-Frame-Options", b"DENY") in exchange.sent[0]["headers"]
    assert exchange.body == b"ok\n"


def test_requests_share_a_thread_and_its_connection(application, monkeypatch):
    seen = []

    def answer(_request):
        connection.ensure_connection()
        seen.append((threading.get_ident(), id(connection.connection)))
        return HttpResponse("x")

    view(monkeypatch, answer)
    for _ in range(3):
        asked(application)

    # PostgreSQL's connections go back to a pool of the process, where any thread takes one.
    shared = 1 if connection.vendor == "postgresql" else 2
    assert len({each[:shared] for each in seen}) == 1
    assert seen[0][0] != threading.get_ident()


def test_an_answer_is_closed_before_it_is_sent(application, monkeypatch):
    response = HttpResponse("x")
    view(monkeypatch, lambda _request: response)
    asked(application)

    assert response.closed


@pytest.mark.parametrize("leaves", [False, True])
def test_a_stream_ends_with_its_reader(application, monkeypatch, leaves):
    read = []

    async def pieces():
        for number in range(1000):
            read.append(number)
            await asyncio.sleep(0)
            yield b"x"

    response = StreamingHttpResponse(pieces())
    view(monkeypatch, lambda _request: response)
    exchange = asked(application, leaves=leaves)

    assert response.closed
    if leaves:
        assert len(read) < 1000
    else:
        assert exchange.body == b"x" * 1000


def test_a_stream_that_fails_is_told_to_the_server(application, monkeypatch):
    async def pieces():
        yield b"x"
        raise OSError("gone")

    view(monkeypatch, lambda _request: StreamingHttpResponse(pieces()))

    with pytest.raises(OSError, match="gone"):
        asked(application)


def test_who_leaves_before_the_end_of_a_request_is_not_answered(application, monkeypatch):
    view(monkeypatch, lambda _request: pytest.fail("nobody asks"))

    assert asked(application, aborts=True).sent == []


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_that_is_too_large_is_refused_and_never_kept(application, settings, monkeypatch, announced):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    view(monkeypatch, lambda _request: HttpResponse("never"))
    said, read = [], []

    async def receive():
        read.append(1)
        return {"type": "http.request", "body": b"x" * 60, "more_body": True}

    async def send(message):
        said.append(message)

    told = scope("/api/v1/projects")
    told["headers"] += [(b"content-length", b"101")] if announced else []
    asyncio.run(application(told, receive, send))

    headers = dict(said[0]["headers"])
    assert (said[0]["status"], headers[b"Connection"]) == (413, b"close")
    assert json.loads(said[1]["body"])["code"] == "request_too_large"
    assert len(read) == (0 if announced else 2)


def test_only_http_comes_here(application):
    with pytest.raises(ValueError, match="websocket"):
        asyncio.run(application(scope(kind="websocket"), None, None))


@pytest.fixture
def crowd(settings, monkeypatch):
    """One thread that is busy until it is let go, and how a studio with so much room in line answers who comes."""
    go, settings.WEB_THREADS = threading.Event(), 1
    answered = []

    def answer(self, request):
        if request.path.startswith("/slow"):
            assert go.wait(20)
            answered.append(request.path)
        return HttpResponse("x")

    monkeypatch.setattr("webapp.request_threads.RequestThreads.get_response", answer)

    async def come(room, paths, *late):
        settings.WEB_WAITING = room
        application = RequestThreads()
        try:
            waiting = [Exchange() for _ in paths]
            jobs = [
                asyncio.create_task(application(scope(path), it.receive, it.send))
                for path, it in zip(paths, waiting, strict=True)
            ]
            await asyncio.sleep(0.05)
            told = [Exchange() for _ in late]
            for path, it in zip(late, told, strict=True):
                await asyncio.wait_for(application(scope(path), it.receive, it.send), 10)
            go.set()
            await asyncio.gather(*jobs)
            # The line is empty again, so whoever comes now is answered.
            last = Exchange()
            await application(scope("/slow/last"), last.receive, last.send)
            return waiting, told, last
        finally:
            go.set()
            application.close()

    return come, answered


def test_who_finds_the_line_too_long_is_told_at_once_to_come_again(crowd):
    come, answered = crowd

    waiting, (told,), last = asyncio.run(come(2, ["/slow/1", "/slow/2", "/slow/3"], "/api/v1/me"))

    assert told.sent[0]["status"] == 503
    headers = dict(told.sent[0]["headers"])
    assert headers[b"Retry-After"] == b"2"
    assert headers[b"Content-Type"] == b"application/problem+json"
    body = json.loads(told.body)
    assert (body["code"], body["status"], body["params"]["retry_after_s"]) == ("overloaded", 503, 2)
    assert told.asked == 0, "its body was not read"
    # Those in line were answered, in their order, and so was who came later.
    assert [it.sent[0]["status"] for it in (*waiting, last)] == [200] * 4
    assert answered == ["/slow/1", "/slow/2", "/slow/3", "/slow/last"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_who_asks_whether_the_studio_lives_neither_waits_nor_is_sent_away(crowd, path):
    come, _ = crowd

    _, (told,), _ = asyncio.run(come(1, ["/slow/1", "/slow/2", "/slow/3"], path))

    assert told.sent[0]["status"] == 200


def test_sockets_are_opened_however_long_the_line_is(monkeypatch):
    threads = asgi.application.application_mapping["http"]
    monkeypatch.setattr(threads, "_most_inside", 0)

    async def come():
        exchange = Exchange()
        await asgi.application(scope("/api/v1/me"), exchange.receive, exchange.send)
        headers = [(b"host", b"localhost"), (b"origin", b"http://localhost")]
        client = SocketClient(asgi.application, "/ws/v1", headers)
        opened = await client.connect()
        await client.disconnect()
        return exchange.sent[0]["status"], opened

    status, (is_open, _) = asyncio.run(come())
    assert status == 503
    assert is_open
