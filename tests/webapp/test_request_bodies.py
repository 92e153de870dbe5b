"""Bodies have an end, in bytes and in time; whoever sends more is told, and costs neither memory nor disk."""

import asyncio
import gc

import pytest
from django.core.exceptions import RequestAborted

from webapp import request_bodies
from webapp.request_bodies import BodyRefused, read_body, require_size

MOST = 1000


def pieces(*sizes, ends=True):
    """Receives pieces of these sizes, then nothing more."""
    left = list(sizes)

    async def receive():
        if not left:
            await asyncio.sleep(10)
        size = left.pop(0)
        return {"type": "http.request", "body": b"x" * size, "more_body": bool(left) or not ends}

    return receive, left


def read(receive):
    return asyncio.run(read_body(receive, most=MOST))


@pytest.mark.parametrize("sizes", [(0,), (MOST,), (400, 0, 600), (1,) * 50])
def test_a_body_comes_whole(sizes):
    with read(pieces(*sizes)[0]) as body:
        assert body.read() == b"x" * sum(sizes)


@pytest.mark.parametrize("sizes", [(MOST + 1,), (600, 401, 600, 600)])
def test_what_is_larger_is_not_read_on(sizes):
    receive, left = pieces(*sizes)

    with pytest.raises(BodyRefused) as caught:
        read(receive)

    assert (caught.value.status, caught.value.code) == (413, "request_too_large")
    assert len(left) == max(0, len(sizes) - 2), "nothing is read after that"


def test_a_large_one_lies_in_a_file_that_goes_with_it(monkeypatch):
    monkeypatch.setattr(request_bodies, "_MOST_IN_MEMORY", 10)

    with read(pieces(500)[0]) as body:
        assert body.name is not None
        assert body.read() == b"x" * 500
    # An unclosed file would be a warning, and warnings are errors here.
    with pytest.raises(BodyRefused):
        read(pieces(600, 600)[0])
    gc.collect()


@pytest.mark.parametrize("limit", ["PIECE_SECONDS", "WHOLE_SECONDS"])
def test_who_sends_a_byte_now_and_then_is_not_waited_for(monkeypatch, limit):
    monkeypatch.setattr(request_bodies, limit, 0.05)

    with pytest.raises(BodyRefused) as caught:
        read(pieces(1, 1, ends=False)[0])

    assert (caught.value.status, caught.value.code) == (408, "request_too_slow")


def test_who_leaves_is_told_nothing():
    async def receive():
        return {"type": "http.disconnect"}

    with pytest.raises(RequestAborted):
        read(receive)


@pytest.mark.parametrize("value", [b"1001", b"9" * 400])
def test_what_is_announced_too_large_is_refused_unread(value):
    with pytest.raises(BodyRefused):
        require_size([(b"host", b"x"), (b"Content-Length", value)], most=MOST)


@pytest.mark.parametrize("value", [b"0", b"1000", b"x", b""])
def test_what_is_announced_otherwise_is_read(value):
    require_size([(b"content-length", value)], most=MOST)
