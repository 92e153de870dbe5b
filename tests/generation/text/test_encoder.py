import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from generation.errors import ConfigError, OutOfMemory, WeightsError
from generation.text import encoder as encoder_module
from generation.text.encoder import TextEncoder

# The reference's own tolerance, for values up to 4.
GOLDEN_TOLERANCE = 2e-5
# Values up to 4, in the dtypes' own steps.
DTYPE_TOLERANCE = {torch.bfloat16: 0.15, torch.float16: 0.02}
P3 = (
    "a young woman with long brown hair walks in the rain in the city at night with a small dog, camera static shot "
    "of the mountain"
)


@pytest.fixture(scope="module")
def golden(reference_root: Path) -> dict[str, torch.Tensor]:
    return load_file(reference_root / "vae/t5_wrapper.safetensors")


@pytest.fixture(scope="module")
def encoder(tiny_t5: Path) -> TextEncoder:
    return TextEncoder(tiny_t5, max_tokens=24)


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("the encoder reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.parametrize("case", ["p0", "p1", "p2", "p3"])
def test_ids_mask_and_embeddings_equal_the_golden_ones(encoder, golden, reference_root, case):
    prompt = json.loads((reference_root / "vae/t5_wrapper.json").read_text())["cases"][case]["prompt"]

    padded = encoder.encode_padded(prompt)

    assert torch.equal(padded.token_ids, golden[f"{case}.input_ids"])
    assert torch.equal(padded.mask, golden[f"{case}.attention_mask"])
    torch.testing.assert_close(padded.embeddings, golden[f"{case}.last_hidden_state"], atol=GOLDEN_TOLERANCE, rtol=0)


def test_800_positions_equal_the_golden_ones(tiny_t5, golden):
    padded = TextEncoder(tiny_t5).encode_padded(P3)

    assert torch.equal(padded.token_ids, golden["p3_800.input_ids"])
    assert torch.equal(padded.mask, golden["p3_800.attention_mask"])
    torch.testing.assert_close(padded.embeddings, golden["p3_800.last_hidden_state"], atol=GOLDEN_TOLERANCE, rtol=0)


def test_a_prompt_of_more_than_800_tokens_is_cut_as_in_the_reference(tiny_t5, golden):
    encoded = TextEncoder(tiny_t5).encode(" ".join(["cat dog rain."] * 400))

    assert encoded.truncated
    assert encoded.embeddings.shape[0] == golden["long_800.attention_mask_sum"].item() == 800
    torch.testing.assert_close(
        encoded.embeddings[None, -8:], golden["long_800.last_hidden_state_tail8"], atol=GOLDEN_TOLERANCE, rtol=0
    )


@pytest.mark.parametrize("prompt", ["Good Boy", "", P3, "a dog"])
def test_encoding_only_the_prompts_tokens_equals_the_valid_rows_of_the_padded_one(encoder, prompt):
    padded = encoder.encode_padded(prompt)
    valid = padded.embeddings[padded.mask == 1]

    encoded = encoder.encode(prompt)

    assert encoded.embeddings.dtype == torch.float32
    assert encoded.embeddings.device.type == "cpu"
    torch.testing.assert_close(encoded.embeddings, valid, atol=1e-5, rtol=0)


def test_a_prompt_that_fills_the_positions_exactly_is_not_called_truncated(tiny_t5):
    encoder = TextEncoder(tiny_t5)
    tokens = encoder.encode("a dog").embeddings.shape[0]

    assert not TextEncoder(tiny_t5, max_tokens=tokens).encode("a dog").truncated
    assert TextEncoder(tiny_t5, max_tokens=tokens - 1).encode("a dog").truncated


def test_a_chinese_prompt_gives_the_one_row_of_an_empty_one_and_says_so(encoder):
    encoded = encoder.encode("一只猫")

    assert encoded.cleaned.emptied
    assert torch.equal(encoded.embeddings, encoder.encode("").embeddings)
    assert encoded.embeddings.shape == (1, encoder.text_dim)


def test_the_encoders_own_folder_does_as_well_as_its_parent(tiny_t5, encoder):
    own = TextEncoder(tiny_t5 / "t5-v1_1-xxl", max_tokens=24)

    assert torch.equal(own.encode("Good Boy").embeddings, encoder.encode("Good Boy").embeddings)


def test_weights_load_on_first_need_and_can_be_freed(tiny_t5):
    encoder = TextEncoder(tiny_t5, max_tokens=24)
    assert not encoder.is_loaded
    assert encoder.text_dim == 32

    first = encoder.encode("a cat").embeddings
    assert encoder.is_loaded
    encoder.free()
    assert not encoder.is_loaded

    assert torch.equal(encoder.encode("a cat").embeddings, first)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_a_lower_precision_gives_close_embeddings_in_float32(tiny_t5, encoder, dtype):
    low = TextEncoder(tiny_t5, max_tokens=24, dtype=dtype).encode("Good Boy").embeddings

    assert low.dtype == torch.float32
    torch.testing.assert_close(low, encoder.encode("Good Boy").embeddings, atol=DTYPE_TOLERANCE[dtype], rtol=0)


def test_embeddings_may_be_used_in_training(encoder):
    embeddings = encoder.encode("a cat").embeddings

    assert not embeddings.is_inference()
    assert not embeddings.requires_grad


@pytest.mark.parametrize(
    ("settings", "words"), [({"dtype": torch.int8}, "dtype must be"), ({"max_tokens": 0}, "at least 1, got 0")]
)
def test_settings_out_of_range_are_refused(tiny_t5, settings, words):
    with pytest.raises(ConfigError, match=words):
        TextEncoder(tiny_t5, **settings)


def test_a_device_without_memory_is_told_in_words(tiny_t5, monkeypatch):
    def out_of_memory(*args, **kwargs):
        raise torch.OutOfMemoryError("tried to allocate 19 GB")

    monkeypatch.setattr(encoder_module, "load_encoder", out_of_memory)

    with pytest.raises(OutOfMemory, match="cpu has too little memory for the text encoder"):
        TextEncoder(tiny_t5).encode("a cat")


def test_a_tokenizer_of_another_model_is_refused(t5_copy, damage_config):
    weights = load_file(t5_copy / "model.safetensors")
    weights["shared.weight"] = weights["shared.weight"][:50].clone()
    save_file(weights, t5_copy / "model.safetensors")
    damage_config(t5_copy, vocab_size=50)

    with pytest.raises(WeightsError, match="knows only 50 tokens"):
        TextEncoder(t5_copy).encode(P3)


def test_a_cached_prompt_needs_no_weights(tiny_t5, tmp_path, monkeypatch):
    first = TextEncoder(tiny_t5, max_tokens=12, cache_folder=tmp_path).encode(P3)
    monkeypatch.setattr(encoder_module, "load_encoder", None)
    monkeypatch.setattr(encoder_module, "load_tokenizer", None)

    again = TextEncoder(tiny_t5, max_tokens=12, cache_folder=tmp_path).encode(P3.upper())

    assert torch.equal(again.embeddings, first.embeddings)
    assert again.truncated
    assert again.cleaned == first.cleaned


def test_other_weights_or_settings_do_not_share_cached_embeddings(t5_copy, tmp_path):
    cache_folder = tmp_path / "cache"
    settings = [{}, {"max_tokens": 24}, {"dtype": torch.bfloat16}]
    for setting in settings:
        TextEncoder(t5_copy, cache_folder=cache_folder, **setting).encode("a cat")
    weights = load_file(t5_copy / "model.safetensors")
    save_file({name: value * 2 for name, value in weights.items()}, t5_copy / "model.safetensors")

    TextEncoder(t5_copy, cache_folder=cache_folder).encode("a cat")

    assert len(list(cache_folder.iterdir())) == 4


def test_nothing_is_fetched(tiny_t5, no_network):
    assert TextEncoder(tiny_t5).encode("a cat").embeddings.shape[1] == 32


def test_a_small_t5_with_a_byte_tokenizer_works_too(tmp_path, no_network):
    from transformers import ByT5Tokenizer, T5Config, T5EncoderModel

    config = T5Config(
        vocab_size=384, d_model=16, d_kv=4, d_ff=32, num_layers=1, num_heads=4, feed_forward_proj="gated-gelu"
    )
    T5EncoderModel(config).save_pretrained(tmp_path)
    ByT5Tokenizer().save_pretrained(tmp_path)
    encoder = TextEncoder(tmp_path, max_tokens=16)

    padded = encoder.encode_padded("A Cat é")

    assert padded.token_ids[0].tolist() == [*[byte + 3 for byte in "a cat é".encode()], 1, *[0] * 7]
    assert encoder.encode("A Cat é").embeddings.shape == (9, 16)
    assert encoder.encode("a longer prompt than fits").truncated


def test_importing_the_encoder_does_not_import_transformers():
    code = "import sys, generation.text.encoder; print({'transformers', 'sentencepiece'} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"
