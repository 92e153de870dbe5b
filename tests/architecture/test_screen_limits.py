"""Limits that the screen says before anything is sent are those that the server holds."""

import re

from generation.contract.requests import MAX_PROMPT_CHARACTERS
from projects.actions.document_fields import _MOST_TEXT
from projects.media.intake_child import CLIP_LIMITS, IMAGE_LIMITS
from tests.architecture.source_tree import ROOT


def number(file: str, name: str) -> int:
    """A constant of the frontend."""
    text = (ROOT / "frontend" / "src" / file).read_text(encoding="utf-8")
    found = re.search(rf"const {name} = ([\d_]+);", text)
    assert found, f"{file} must have a number called {name}"
    return int(found[1])


def test_a_prompt_that_the_screen_lets_through_is_taken():
    assert number("takes/cost.ts", "MOST_PROMPT_CHARACTERS") == MAX_PROMPT_CHARACTERS


def test_words_that_the_screen_keeps_are_kept():
    assert number("nodes/PromptBox.tsx", "MOST_CHARACTERS") <= _MOST_TEXT
    assert number("nodes/note/NoteCard.tsx", "MOST_CHARACTERS") <= _MOST_TEXT


def test_a_file_that_the_screen_sends_is_not_too_large():
    assert number("uploads/acceptance.ts", "MOST_IMAGE_BYTES") <= IMAGE_LIMITS.max_bytes
    assert number("uploads/acceptance.ts", "MOST_VIDEO_BYTES") <= CLIP_LIMITS.max_bytes
