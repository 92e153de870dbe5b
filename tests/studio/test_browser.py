"""Chromium is found where it was named, then on PATH; otherwise there is a reason."""

from pathlib import Path

from studio.browser import VARIABLE, find_chromium


def nowhere(name: str) -> None:
    return None


def test_named_program_wins_over_path(tmp_path: Path):
    program = tmp_path / "browser"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)

    assert find_chromium({VARIABLE: str(program)}, lambda name: f"/bin/{name}").path == str(program)


def test_wrong_name_is_said_instead_of_falling_back(tmp_path: Path):
    found = find_chromium({VARIABLE: str(tmp_path)}, lambda name: f"/bin/{name}")

    assert found.path == ""
    assert VARIABLE in found.reason


def test_path_is_searched_in_order():
    assert find_chromium({}, lambda name: f"/bin/{name}" if "google" in name else None).path == "/bin/google-chrome"


def test_none_at_all_says_what_to_do():
    assert VARIABLE in find_chromium({}, nowhere).reason
