"""A T5 folder with random weights and a tokenizer of bytes: text for models that are random themselves."""

import json
from pathlib import Path

import torch
from safetensors.torch import save

from generation.artifacts import atomic_write
from generation.errors import ConfigError

PAD, END, UNKNOWN = "<pad>", "</s>", "<unk>"


def write_random_encoder(folder: Path, *, text_dim: int, seed: int) -> Path:
    """Write a small T5 encoder; nothing is done where one of the same kind stands.

    Args:
        folder: Around the encoder's own folder, whose name tells its width and seed.
        text_dim: Width of the embeddings, a multiple of 4.
        seed: Of the weights.

    Returns:
        The encoder's folder.

    Raises:
        ConfigError: If the width is not a multiple of 4.
        StorageError: If it cannot be written.
    """
    if text_dim % 4:
        raise ConfigError(f"text_dim must be a multiple of 4, got {text_dim}")
    target = folder / f"random_t5_{text_dim}_{seed}"
    if (target / "config.json").is_file():
        return target
    from transformers import T5Config, T5EncoderModel

    config = T5Config(
        vocab_size=259, d_model=text_dim, d_kv=text_dim // 4, d_ff=2 * text_dim, num_layers=1, num_heads=4,
        feed_forward_proj="gated-gelu", dropout_rate=0.0, pad_token_id=0, eos_token_id=1,
    )  # fmt: skip
    with torch.device("meta"):
        model = T5EncoderModel(config)
    generator = torch.Generator().manual_seed(seed)
    tensors = {
        name: torch.randn(tuple(tensor.shape), generator=generator) * (1.0 if tensor.ndim == 1 else 0.5)
        for name, tensor in model.state_dict().items()
        if name != "encoder.embed_tokens.weight"
    }
    atomic_write(target / "model.safetensors", save(tensors, {"format": "pt"}))
    atomic_write(target / "tokenizer.json", _byte_tokenizer().encode())
    atomic_write(
        target / "tokenizer_config.json",
        json.dumps(
            {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": PAD, "eos_token": END, "unk_token": UNKNOWN}
        ).encode(),
    )
    # Written last: it is what makes the folder an encoder.
    atomic_write(target / "config.json", json.dumps({**config.to_dict(), "architectures": ["T5EncoderModel"]}).encode())
    return target


def _byte_tokenizer() -> str:
    from tokenizers import Tokenizer, models, pre_tokenizers

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: index for index, token in enumerate([PAD, END, UNKNOWN, *alphabet])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.add_special_tokens([PAD, END, UNKNOWN])
    text: str = tokenizer.to_str()
    return text
