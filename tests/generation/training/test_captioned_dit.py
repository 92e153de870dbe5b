"""What every chunk is told."""

import pytest
import torch

from generation.errors import ConfigError
from generation.training.captioned_dit import CaptionedDiT, captions_of_chunks
from generation.training.clip_plan import TaskMix
from generation.training.latent_cache import ClipWords
from generation.training.text_model import TextModelConfig
from tests.support.training import CAPTIONS, TEXT, generator, tiny_model


def words(*, changes, seconds=("first", "second", "third")):
    return ClipWords(caption="whole", second_captions=seconds, changes=changes)


@pytest.fixture(scope="module")
def model():
    return tiny_model()


def test_clip_that_changes_is_told_second_by_second_as_often_as_said():
    mix = TaskMix(second_captions_of_changing=0.5, second_captions_of_steady=0.1)
    clips = [words(changes=True)] * 2000 + [words(changes=False)] * 2000

    captions = captions_of_chunks(clips, 3, mix, generator())

    by_second = [told == ("first", "second", "third") for told in captions]
    assert all(told in {("first", "second", "third"), ("whole",) * 3} for told in captions)
    assert sum(by_second[:2000]) / 2000 == pytest.approx(0.5, abs=0.04)
    assert sum(by_second[2000:]) / 2000 == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize("seconds", [(), ("first", "second")])
def test_clip_with_too_few_second_captions_is_told_its_caption(seconds):
    mix = TaskMix(second_captions_of_changing=1, second_captions_of_steady=1)

    assert captions_of_chunks([words(changes=True, seconds=seconds)], 3, mix, generator()) == [("whole",) * 3]


def test_longer_clips_use_the_first_seconds():
    mix = TaskMix(second_captions_of_changing=1)

    assert captions_of_chunks([words(changes=True)], 2, mix, generator()) == [("first", "second")]


def test_text_lies_clip_by_clip_and_clean_chunks_have_the_null_text(model):
    captions = [(CAPTIONS[0], CAPTIONS[1]), (CAPTIONS[2], CAPTIONS[2])]

    packed = model.pack(captions, clean_chunks=1)

    rows = model.text(list(CAPTIONS))
    null = model.null_rows()
    expected = [null, rows[1], null, rows[2]]
    assert packed.lengths == tuple(len(part) for part in expected)
    torch.testing.assert_close(packed.embeddings, torch.cat(expected))
    assert len(null) == model.config.null_text_tokens


def test_gradient_reaches_text_model_and_null_text(model):
    model.zero_grad()

    model.pack([(CAPTIONS[0], CAPTIONS[1])], clean_chunks=1).embeddings.square().sum().backward()

    assert model.text.encoder.shared.weight.grad.abs().sum() > 0
    used = model.config.null_text_tokens
    assert (model.dit.null_text.grad[:used].abs().sum(dim=1) > 0).all()
    assert model.dit.null_text.grad[used:].abs().sum() == 0


def test_null_text_for_every_chunk(model):
    packed = model.pack_null(3)

    assert packed.lengths == (2, 2, 2)
    assert torch.equal(packed.embeddings[2:4], model.null_rows())


def test_text_of_another_width_is_refused(model):
    from generation.training.text_model import TextModel

    text = TextModel(
        TextModelConfig(vocabulary_size=128, width=32, layers=1, heads=2, max_tokens=12), model.text.tokenizer
    )

    with pytest.raises(ConfigError, match="width 16"):
        CaptionedDiT(model.dit, text)
    assert model.text.config == TEXT
