"""No test reaches beyond this machine."""

import ipaddress
import socket
from typing import Any

import pytest


class NetworkReachedError(AssertionError):
    """A test tried to talk to another machine."""


def is_local(family: int, address: Any) -> bool:
    """Whether an address stays on this machine: a path, ``localhost``, or a loopback address."""
    if family not in (socket.AF_INET, socket.AF_INET6):
        return True
    host = address[0]
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def block(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sockets reach this machine only, until ``monkeypatch`` is undone."""
    plain_connect = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if not is_local(self.family, address):
            raise NetworkReachedError(f"tests use no network, got a connection to {address!r}")
        plain_connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
