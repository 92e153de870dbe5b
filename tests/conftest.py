"""Fixtures shared by all packages."""

from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def reference_root() -> Path:
    """Golden data: the small copy in the repository, or the full set beside it where that is present."""
    for candidate in (HERE / "reference", HERE.parent.parent / "shared" / "reference"):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError("golden data must stand in tests/reference; restore it from version control")
