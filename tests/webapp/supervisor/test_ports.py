"""A port that is taken is passed over."""

import socket
from collections.abc import Iterator

import pytest

from webapp.supervisor.ports import free_port, wanted_port

HOST = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as server:
        server.bind((HOST, 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_free_port_is_taken_as_it_is_wanted():
    port = free_port(HOST, 0)

    assert free_port(HOST, port) == port


def test_the_next_free_one_follows_a_port_that_is_taken(taken):
    assert taken < free_port(HOST, taken) < taken + 20


def test_twenty_taken_ports_are_said(taken, monkeypatch):
    monkeypatch.setattr("webapp.supervisor.ports._TRIES", 1)

    with pytest.raises(OSError, match="SCENELOOM_PORT"):
        free_port(HOST, taken)


def test_nobody_asking_means_the_usual_port():
    assert wanted_port("") == 8000
    assert wanted_port("0") == 0


@pytest.mark.parametrize("text", ["http", "-1", "65536", "80.5"])
def test_what_is_no_port_is_refused_in_words(text):
    with pytest.raises(OSError, match="SCENELOOM_PORT must be"):
        wanted_port(text)
