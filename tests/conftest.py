"""Fixtures and rules shared by all packages."""

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


@pytest.fixture(scope="session")
def reference_root() -> Path:
    """Golden data: the part of the reference set that the tests need, in the folders ``dit`` and ``vae``."""
    return HERE / "reference"
