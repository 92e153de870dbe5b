"""Fixtures and rules shared by all packages."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support import markers, network

HERE = Path(__file__).resolve().parent

# The same examples on every machine, however slow it is: a red test is red for everybody.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let people ask for what is left out by default."""
    parser.addoption("--slow", action="store_true", help="also run tests that take minutes")
    parser.addoption("--full-faults", action="store_true", help="kill processes at many more points")
    parser.addoption("--weights", metavar="FOLDER", help="also run tests on the released weights in this folder")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out, with a reason, what cannot run here."""
    reason = markers.reason_to_skip(item)
    if reason:
        pytest.skip(reason)


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Keep every test on this machine."""
    with pytest.MonkeyPatch.context() as patch:
        network.block(patch)
        yield


@pytest.fixture(autouse=True)
def ordinary_priority() -> Iterator[None]:
    """Find the test that turns this process real-time, as libsvtav1 does for root.

    All that it starts would inherit that, and one that waits in a loop starves the machine.
    """
    yield
    if hasattr(os, "sched_getscheduler") and os.sched_getscheduler(0) != os.SCHED_OTHER:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        pytest.fail("the process has become real-time")


@pytest.fixture(scope="session")
def reference_root() -> Path:
    """Golden data: the part of the reference set that the tests need, in the folders ``dit`` and ``vae``."""
    return HERE / "reference"
