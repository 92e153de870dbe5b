"""Requests: redirects that are followed and not, and faults sorted into passing and final."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from generation.errors import DownloadError
from generation.weights.hub.transport import PassingError, RetryPolicy, Transport, describe_status, retrying

TRANSPORT = Transport(policy=RetryPolicy(attempts=2, timeout_seconds=1))


@contextmanager
def server(*answers: bytes) -> Iterator[str]:
    """Answers each connection with the next of some raw responses; yields its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"

        def serve() -> None:
            for answer in answers:
                connection, _ = listening.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer.replace(b"{address}", address.encode()))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield address
        thread.join(timeout=5)


def response(status: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


@pytest.mark.parametrize("location", ["/there", "{address}/there"])
def test_redirects_are_followed_and_the_hubs_headers_kept(location) -> None:
    first = response("302 Found", f"Location: {location}", "X-Linked-Etag: abc", "ETag: hub")
    second = response("200 OK", "ETag: content", "X-Linked-Etag: late", body=b"whole")

    with server(first, second) as address, TRANSPORT.open(address) as answer:
        assert answer.read(100) == b"whole"
        assert answer.headers["etag"] == "content"
        assert answer.hub_headers == {"x-linked-etag": "abc"}


def test_endless_redirects_are_given_up() -> None:
    again = response("307 Temporary Redirect", "Location: /again")

    with (
        server(*[again] * 6) as address,
        pytest.raises(DownloadError, match="more than 5 times"),
        TRANSPORT.open(address),
    ):
        pass


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/x", "", "javascript:1"])
def test_redirects_to_anything_but_the_web_are_not_followed(location) -> None:
    answer = response("302 Found", f"Location: {location}")

    with server(answer) as address, pytest.raises(DownloadError), TRANSPORT.open(address):
        pass


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/", "huggingface.co", "http://", ""])
def test_addresses_that_are_none_are_refused(url) -> None:
    with pytest.raises(DownloadError, match="must begin with https://"), TRANSPORT.open(url):
        pass


def test_a_server_that_is_not_there_is_a_passing_fault() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with pytest.raises(PassingError, match="cannot be reached"), TRANSPORT.open(f"http://127.0.0.1:{port}"):
        pass


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 "])
def test_answers_that_are_none_are_passing_faults(answer) -> None:
    with server(answer) as address, pytest.raises(PassingError), TRANSPORT.open(address):
        pass


def test_a_server_that_stops_talking_is_left_after_a_while() -> None:
    transport = Transport(policy=RetryPolicy(timeout_seconds=0.2))

    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(PassingError, match="timed out"), transport.open(address):
            pass


def test_a_busy_server_says_how_long_to_wait() -> None:
    busy = response("429 Too Many Requests", "Retry-After: 7")

    with server(busy) as address, pytest.raises(PassingError, match="429") as raised, TRANSPORT.open(address):
        pass

    assert raised.value.wait_seconds == 7


def test_a_proxy_is_asked_in_the_servers_place() -> None:
    with server(response("200 OK", body=b"by proxy")) as address:
        transport = Transport(policy=TRANSPORT.policy, proxies={"http": address})
        with transport.open("http://hub.invalid/file") as answer:
            assert answer.read(100) == b"by proxy"


def test_waits_follow_the_server_up_to_a_bound() -> None:
    policy = RetryPolicy(first_wait_seconds=1, longest_wait_seconds=60)

    assert [policy.wait_seconds(attempt, 0) for attempt in (1, 2, 3, 10)] == [1, 2, 4, 60]
    assert policy.wait_seconds(1, 7) == 7
    assert policy.wait_seconds(1, 10_000) == 60


def test_retrying_returns_the_first_result_and_starts_counting_anew_after_progress() -> None:
    reached = 0
    waits: list[float] = []

    def action() -> str:
        nonlocal reached
        if len(waits) >= 5:
            return "done"
        reached += 100_000
        raise PassingError("broke")

    policy = RetryPolicy(attempts=2, first_wait_seconds=1)
    assert retrying(action, policy=policy, wait=waits.append, progress=lambda: reached) == "done"
    assert waits == [1] * 5


def test_unknown_statuses_are_described_by_their_number() -> None:
    assert describe_status(404) == "404 Not Found"
    assert describe_status(599) == "599"
