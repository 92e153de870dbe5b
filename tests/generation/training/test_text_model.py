"""The small T5: trained here, read by the engine's own text encoder."""

import json

import pytest
import torch

from generation.errors import ConfigError, WeightsError
from generation.text.encoder import TextEncoder
from generation.training.text_model import (
    TextModel,
    TextModelConfig,
    load_tokenizer,
    save_text_model,
    save_tokenizer,
    train_tokenizer,
)

CAPTIONS = [
    "slow zoom in",
    "the camera pans left over a green forest floor",
    "a small red ball bounces, the camera holds still",
    "Fast roll clockwise: two striped stars orbit",
    "a large blue ring falls, then the camera tilts up",
]
CONFIG = TextModelConfig(vocabulary_size=300, width=32, layers=2, heads=4, ffn_size=48, max_tokens=24)


def make_model(tokenizer, seed=0):
    model = TextModel(CONFIG, tokenizer)
    model.init_weights(torch.Generator().manual_seed(seed))
    return model


@pytest.fixture(scope="module")
def model():
    return make_model(train_tokenizer(CAPTIONS, CONFIG))


def weights(model):
    return {name: parameter.detach() for name, parameter in model.named_parameters()}


@pytest.fixture(scope="module")
def folder(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("text") / "text_encoder"
    save_text_model(model, weights(model), path, dtype=torch.float32)
    return path


@pytest.mark.parametrize("prompt", [*CAPTIONS, "Slow  ZOOM in!", "a purple dragon", "word " * 60, "雪山"])
def test_saved_folder_gives_the_engine_the_same_rows(model, folder, prompt):
    encoder = TextEncoder(folder, max_tokens=CONFIG.max_tokens)

    with torch.no_grad():
        (trained,) = model([prompt])
    encoded = encoder.encode(prompt).embeddings

    assert encoded.shape == trained.shape
    torch.testing.assert_close(encoded, trained, atol=1e-5, rtol=1e-5)


def test_padding_beside_longer_captions_changes_nothing(model):
    with torch.no_grad():
        together = model(CAPTIONS)
        alone = [model([caption])[0] for caption in CAPTIONS]

    for row, own in zip(together, alone, strict=True):
        torch.testing.assert_close(row, own, atol=1e-5, rtol=1e-5)


def test_long_caption_is_cut_and_keeps_its_end(model):
    ids = model.token_ids("zoom in " * 50)

    assert len(ids) == CONFIG.max_tokens
    assert ids[-1] == model.tokenizer.eos_token_id


def test_words_of_the_corpus_are_short_and_plain_words_are_never_unknown(model):
    unknown = model.tokenizer.unk_token_id

    assert len(model.token_ids("slow zoom in")) <= 6
    for text in ("quantum xylophone", "what? #3 (a+b)!"):
        assert unknown not in model.token_ids(text)


def test_commas_do_not_change_the_words_beside_them(model):
    assert set(model.token_ids("a ball, the star")) >= set(model.token_ids("a ball the star"))


def test_weights_come_from_the_generator_alone():
    tokenizer = train_tokenizer(CAPTIONS, CONFIG)
    before = torch.random.get_rng_state()

    first, second, other = make_model(tokenizer, 1), make_model(tokenizer, 1), make_model(tokenizer, 2)

    assert torch.equal(before, torch.random.get_rng_state())
    assert all(torch.equal(value, weights(second)[name]) for name, value in weights(first).items())
    assert not torch.equal(weights(first)["encoder.shared.weight"], weights(other)["encoder.shared.weight"])
    assert all(value.isfinite().all() for value in weights(first).values())


def test_tokenizer_is_learned_the_same_way_every_time():
    first, second = (train_tokenizer(CAPTIONS, CONFIG).get_vocab() for _ in range(2))

    assert first == second


def test_embedding_is_one_parameter_and_learns(model):
    copy = make_model(model.tokenizer, 3)
    names = [name for name, _ in copy.named_parameters()]
    assert "encoder.shared.weight" in names
    assert not any("embed_tokens" in name for name in names)

    torch.cat(copy(["slow zoom in"])).square().mean().backward()

    assert all(parameter.grad is not None for parameter in copy.parameters())


def test_rows_are_of_unit_size(model):
    with torch.no_grad():
        rows = torch.cat(model(CAPTIONS))

    assert 0.5 < rows.std() < 2


def test_narrow_weights_are_stored_narrow(model, tmp_path):
    save_text_model(model, weights(model), tmp_path / "narrow", dtype=torch.bfloat16)

    encoded = TextEncoder(tmp_path / "narrow", max_tokens=CONFIG.max_tokens).encode(CAPTIONS[0]).embeddings
    with torch.no_grad():
        torch.testing.assert_close(encoded, model([CAPTIONS[0]])[0], atol=0.1, rtol=0.1)
    assert json.loads((tmp_path / "narrow" / "config.json").read_text())["model_type"] == "t5"


def test_tokenizer_comes_back(model, tmp_path):
    save_tokenizer(model.tokenizer, tmp_path / "words")

    loaded = TextModel(CONFIG, load_tokenizer(tmp_path / "words"))

    assert [loaded.token_ids(text) for text in CAPTIONS] == [model.token_ids(text) for text in CAPTIONS]


def test_folder_without_a_tokenizer_is_refused(tmp_path):
    with pytest.raises(WeightsError, match="tokenizer"):
        load_tokenizer(tmp_path)


@pytest.mark.parametrize("fields", [{"width": 30}, {"layers": 0}, {"max_tokens": 0}])
def test_contradictions_are_refused(fields):
    with pytest.raises(ConfigError):
        TextModelConfig(**{"heads": 4, **fields})
