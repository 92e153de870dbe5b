"""Fixtures shared by all packages."""

from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def reference_root() -> Path:
    """Golden data: the part of the reference set that the tests need, in the folders ``dit`` and ``vae``."""
    return HERE / "reference"
