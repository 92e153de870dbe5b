"""Warnings, said to people."""

import pytest

from generation.pipeline.clip_warnings import PromptProblem, PromptWarning
from generation.text.cleaning import LostText, clean_prompt
from generation.text.cleaning_rules import LostKind


@pytest.mark.parametrize("kind", LostKind)
def test_every_kind_of_loss_has_a_name(kind):
    lost = (LostText(kind=kind, fragments=("something",)),)

    message = PromptWarning(problem=PromptProblem.LOST_TEXT, prompt="a thing", lost=lost).message

    assert '"something" is left out of the prompt "a thing"' in message
    assert kind.value not in message or kind.value in ("links", "names", "numbers", "phrases")


def test_several_kinds_are_said_together():
    lost = clean_prompt("a 猫 at https://example.com").lost

    message = PromptWarning(problem=PromptProblem.LOST_TEXT, prompt="a cat", lost=lost).message

    assert "web addresses" in message
    assert "Chinese characters" in message


def test_long_prompts_and_line_breaks_are_cut_short():
    warning = PromptWarning(problem=PromptProblem.TRUNCATED, prompt="word\n" * 500)

    assert "\n" not in warning.message
    assert len(warning.message) < 160
