"""Fixtures for the tests of ./studio."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def repository() -> Path:
    """The project's root."""
    return Path(__file__).resolve().parents[2]


@pytest.fixture
def undisturbed_signals() -> Iterator[None]:
    """Put back the signal handler that ./studio replaces."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)
