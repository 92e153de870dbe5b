"""A reader of strangers' files reaches nobody, where the kernel allows that."""

import socket
import subprocess
import sys

import pytest

from projects.media import intake
from projects.media.isolation import leave_network
from tests.architecture.source_tree import ROOT

PROGRAM = f"""
import sys, socket, threading
sys.path.insert(0, {str(ROOT)!r})
from projects.media.isolation import leave_network
alone = sys.argv[2] == "leave" and leave_network()
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5)
    reached = "reached"
except OSError as error:
    reached = error.strerror
print("alone" if alone else "connected", reached)
"""


def tried(port: int, what: str) -> tuple[str, str]:
    command = [sys.executable, "-I", "-c", PROGRAM, str(port), what]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    state, _, reached = done.stdout.strip().partition(" ")
    return state, reached


def test_who_has_left_the_network_reaches_nobody():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert tried(port, "stay") == ("connected", "reached")

        state, reached = tried(port, "leave")

    if state == "connected":
        pytest.skip("this kernel does not let an ordinary process leave the network")
    assert reached == "Network is unreachable"


def test_the_reader_of_uploads_leaves_first_of_all(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        if tried(server.getsockname()[1], "leave")[0] == "connected":
            pytest.skip("this kernel does not let an ordinary process leave the network")
    source = tmp_path / "file"
    source.write_bytes(b"nothing")

    assert intake._ask_child(source, tmp_path)["alone"] is True


def test_where_it_cannot_leave_it_is_said(tmp_path, monkeypatch, caplog):
    source = tmp_path / "file"
    source.write_bytes(b"nothing")
    monkeypatch.setattr(intake, "_START", intake._START.replace("leave_network()", "False"))

    assert intake._ask_child(source, tmp_path)["alone"] is False
    assert "leave the network" in caplog.text


def test_a_kernel_without_namespaces_is_no_error(monkeypatch):
    class Refusing:
        def unshare(self, flags):
            return -1

    monkeypatch.setattr("ctypes.CDLL", lambda *_, **__: Refusing())
    assert leave_network() is False
    monkeypatch.setattr("ctypes.CDLL", lambda *_, **__: object())
    assert leave_network() is False
