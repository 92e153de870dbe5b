"""The repository speaks of the product: no package hosts, no machine of ours, no talk about how it was written."""

import re
from pathlib import Path

from tests.architecture.source_tree import ROOT, refuse, shown, text_files

# The one file that must name them.
SELF = Path(__file__).resolve()
HOSTS = ("pypi.org", "pythonhosted.org", "registry.npmjs.org", "registry.yarnpkg.com", "download.pytorch.org")
PLACES = ("/work/", "/root/", "/tmp/plan", "/opt/wheels", "/home/")
PHRASES = (
    r"\bhelper session", r"\bcoding agents?\b", r"\bsub-?agents?\b", r"\bthe brief\b", r"\b(my|this) session\b",
    r"\bchatgpt\b", r"\bclaude\b", r"\bcopilot\b", r"\bas an ai\b",
    r"\bTODO\b(?!.*#\d)", r"\bFIXME\b", r"\bXXX\b",
)  # fmt: skip


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    """Every line of the project that matches, with its place."""
    return [
        f"{shown(path)}:{number}: {line.strip()[:120]}"
        for path in text_files()
        if path != SELF
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


def any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in words))


def test_no_package_host_is_named():
    refuse(lines_with(any_of(HOSTS)))


def test_no_folder_of_one_machine_is_named():
    refuse(lines_with(any_of(PLACES)))


def test_nothing_is_said_about_how_it_was_written():
    refuse(lines_with(re.compile("|".join(PHRASES), re.IGNORECASE)))


def test_lock_files_carry_no_host():
    settings = (ROOT / ".npmrc").read_text(encoding="utf-8")

    assert "omit-lockfile-registry-resolved=true" in settings.splitlines()
