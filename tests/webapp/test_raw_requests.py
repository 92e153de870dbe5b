"""What no decent client sends, byte by byte, to the server as it runs: refused, no error of ours, and no harm done.

The server is uvicorn with the options of the studio's plan, in a thread.
"""

import socket
import threading
import time
from contextlib import suppress

import pytest
import uvicorn

from webapp.asgi import application

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "t" * 32
WAIT_SECONDS = 5


@pytest.fixture
def port():
    config = uvicorn.Config(application, host="127.0.0.1", port=0, lifespan="off", ws_max_size=65536, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(30)
    assert not thread.is_alive()


def head(port, *more):
    lines = (f"Host: localhost:{port}", f"Cookie: csrftoken={TOKEN}", f"X-CSRFToken: {TOKEN}", *more)
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n"


def told(port, data):
    """The status and body that come back; 0 where the server just hangs up."""
    said = b""
    with socket.create_connection(("127.0.0.1", port), timeout=WAIT_SECONDS) as connection:
        with suppress(OSError):
            connection.sendall(data)
        with suppress(OSError):
            while piece := connection.recv(65536):
                said += piece
                if b"\r\n\r\n" in said and b"onnection: close" not in said:
                    break
    first = said.split(b"\r\n", 1)[0].split(b" ")
    return (int(first[1]) if len(first) > 1 and first[1].isdigit() else 0), said


def lives(port):
    return told(port, b"GET /healthz HTTP/1.1\r\n" + head(port))[0] == 200


POST = b"POST /api/v1/projects HTTP/1.1\r\n"
JSON = "Content-Type: application/json"


def endless(port):
    piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    return POST + head(port, JSON, "Transfer-Encoding: chunked") + piece * 200


def test_a_body_without_an_end_and_one_announced_as_such_are_refused(port):
    announced = POST + head(port, JSON, "Content-Length: 99999999999") + b'{"title": "'
    for data in (announced, endless(port)):
        status, said = told(port, data)
        # Whoever goes on sending may miss our words; then the line is cut.
        assert status in (413, 0)
        assert status == 0 or b'"request_too_large"' in said
    assert told(port, announced)[0] == 413
    assert lives(port)


GET_ME = b"GET /api/v1/me HTTP/1.1\r\n"
STRANGE = {
    "not-http": (lambda _: b"\x16\x03\x01\x00\xff" * 50 + b"\r\n\r\n", {400, 0}),
    "another-host": (lambda _: GET_ME + b"Host: evil.example\r\n\r\n", {400}),
    "no-host": (lambda _: GET_ME + b"\r\n", {400}),
    "a-long-address": (lambda p: b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n" + head(p), {400, 404, 414, 0}),
    "20000-headers": (lambda p: GET_ME + head(p, *(f"X-{n}: y" for n in range(20_000))), {200, 400, 431, 0}),
    "two-lengths": (lambda p: POST + head(p, JSON, "Content-Length: 2", "Content-Length: 9") + b"{}", {400, 0}),
    "a-negative-length": (lambda p: POST + head(p, JSON, "Content-Length: -5") + b"{}", {400, 0}),
    "upwards": (lambda p: b"GET /api/v1/../../etc/passwd HTTP/1.1\r\n" + head(p), {404}),
    "upwards-in-disguise": (lambda p: b"GET /static/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + head(p), {404, 200}),
    "nul": (lambda p: b"GET /api/v1/takes/%00/media HTTP/1.1\r\n" + head(p), {404}),
    "no-utf-8": (lambda p: b"GET /api/v1/assets?q=%ff&cursor=%c3%28 HTTP/1.1\r\n" + head(p), {200, 400, 404, 422}),
    "no-proxy": (lambda p: GET_ME + head(p, "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https"), {200}),
}


@pytest.mark.parametrize(("words", "statuses"), STRANGE.values(), ids=STRANGE)
def test_what_no_decent_client_sends_is_refused_and_harms_nobody(port, words, statuses):
    status, said = told(port, words(port))

    assert status in statuses, said[:300]
    assert b"root:" not in said
    assert b"Traceback" not in said
    assert b"evil.example" not in said
    assert lives(port)


def test_a_second_request_hidden_in_a_first_is_never_answered_as_one(port):
    hidden = b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    both = POST + head(port, JSON, f"Content-Length: {len(hidden) + 5}", "Transfer-Encoding: chunked")

    status, said = told(port, both + b"0\r\n\r\n" + hidden)

    # Whichever of the two lengths counts, it may not be that both do.
    assert status in (400, 0) or b'"ready"' not in said
    assert lives(port)
