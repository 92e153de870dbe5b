"""Words of a request and texts of its chunks."""

import pytest
import torch

from generation.contract.requests import ControlTokens
from generation.errors import WeightsError
from generation.pipeline.clip_warnings import PromptProblem, PromptWarning
from generation.pipeline.prompts import PromptEmbedder
from generation.text.control_tokens import ControlTokenTable, TokenRow
from generation.text.encoder import TextEncoder
from tests.support.pipelines import TEXT_DIM


@pytest.fixture
def embedder(pipeline):
    return pipeline.prompts


@pytest.fixture(scope="module")
def tokens() -> ControlTokenTable:
    """Row i holds the number i."""
    rows = torch.arange(20.0)[:, None].expand(20, TEXT_DIM).contiguous()
    return ControlTokenTable(caption=rows[:1] + 100, logo=rows[:1] + 101, others=rows)


def test_every_chunk_has_the_prompt_of_its_second(embedder, ask):
    texts = embedder.embed(ask(seconds=3, prompts=("a", "b", "a")), num_chunks=3).texts

    assert texts.prompt_of_chunk[0] == texts.prompt_of_chunk[2] != texts.prompt_of_chunk[1]


def test_chunks_beyond_the_asked_seconds_keep_the_last_prompt(embedder, ask):
    texts = embedder.embed(ask(seconds=2, prompts=("a", "b")), num_chunks=4).texts

    assert texts.prompt_of_chunk[1:] == (texts.prompt_of_chunk[1],) * 3


def test_chunks_are_told_how_many_remain(embedder, tokens, ask):
    with_tokens = PromptEmbedder(encoder=embedder.encoder, control_tokens=tokens)

    texts = with_tokens.embed(ask(controls=ControlTokens(high_quality=False)), num_chunks=3).texts

    rows = [texts.rows[index][:, 0].tolist() for index in texts.controls_of_chunk]
    assert rows == [[TokenRow.DURATION + 2], [TokenRow.DURATION + 1], [TokenRow.DURATION]]


def test_negative_tokens_are_used_only_when_asked(embedder, tokens, ask):
    with_tokens = PromptEmbedder(encoder=embedder.encoder, control_tokens=tokens)
    counts = [
        len(with_tokens.embed(ask(controls=ControlTokens(negative=asked)), num_chunks=2).texts.negative)
        for asked in (False, True)
    ]

    assert counts == [0, 4]


def test_missing_tokens_are_said_before_anything_is_encoded(embedder, ask, tmp_path):
    table = ControlTokenTable.empty(TEXT_DIM, missing_file=tmp_path / "special_tokens.npz")
    without_encoder = PromptEmbedder(encoder=None, control_tokens=table)

    with pytest.raises(WeightsError, match=r"special_tokens\.npz"):
        without_encoder.embed(ask(), num_chunks=2)


def test_plain_prompt_is_not_worth_a_word(embedder, ask):
    assert embedder.embed(ask(), num_chunks=2).warnings == ()


def test_lost_words_are_told_once_per_prompt(embedder, ask):
    request = ask(seconds=3, prompts=("a 猫 jumps", "a 猫 jumps", "it sleeps"))

    (warning,) = embedder.embed(request, num_chunks=3).warnings

    assert warning.problem is PromptProblem.LOST_TEXT
    assert warning.prompt == "a 猫 jumps"
    assert warning.lost[0].fragments == ("猫",)
    assert warning.message == (
        'the model does not read Chinese characters: "猫" is left out of the prompt "a 猫 jumps"'
    )


def test_emptied_prompt_is_told_as_such(embedder, ask):
    (warning,) = embedder.embed(ask(prompts=("一只猫",)), num_chunks=2).warnings

    assert warning.problem is PromptProblem.EMPTIED
    assert "nothing is left" in warning.message


def test_prompt_longer_than_the_encoder_reads_is_told(embedder, ask):
    (warning,) = embedder.embed(ask(prompts=("wave " * 100,)), num_chunks=2).warnings

    assert warning == PromptWarning(problem=PromptProblem.TRUNCATED, prompt="wave " * 100)
    assert len(warning.message) < 160


def test_encoder_is_asked_once_per_distinct_prompt(embedder, ask, monkeypatch):
    asked = []
    encode = TextEncoder.encode
    monkeypatch.setattr(TextEncoder, "encode", lambda self, prompt: asked.append(prompt) or encode(self, prompt))

    embedder.embed(ask(seconds=3, prompts=("a", "b", "a")), num_chunks=3)

    assert asked == ["a", "b"]
