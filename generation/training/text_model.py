"""A small T5 with a vocabulary of its own, made for training along with a small transformer.

Saved as an ordinary T5 folder (config, safetensors, tokenizer), it is read by the same
:class:`generation.text.encoder.TextEncoder` that reads the large one.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors.torch import save
from torch import Tensor, nn

from generation.artifacts import atomic_write
from generation.errors import ConfigError, StorageError, WeightsError
from generation.text.cleaning import clean_prompt

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

PAD, END, UNKNOWN = "<pad>", "</s>", "<unk>"
# Tied to the embedding, so stored once.
_ALIAS = "encoder.embed_tokens.weight"
# Texts whose ids are kept; a corpus says the same few thousand things again and again.
_MOST_KEPT = 2**16


@dataclass(frozen=True, kw_only=True, slots=True)
class TextModelConfig:
    """The size of a small T5 encoder."""

    vocabulary_size: int = 2048
    width: int = 256
    layers: int = 2
    heads: int = 4
    ffn_size: int = 512
    max_tokens: int = 64

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: Naming the field that is wrong.
        """
        for name in ("vocabulary_size", "width", "layers", "heads", "ffn_size", "max_tokens"):
            if getattr(self, name) < 1:
                raise ConfigError(f"{name} must be positive, got {getattr(self, name)}")
        if self.width % self.heads:
            raise ConfigError(f"width must be a multiple of heads, got {self.width} and {self.heads}")


def train_tokenizer(captions: Iterable[str], config: TextModelConfig) -> "PreTrainedTokenizerFast":
    """A byte-pair vocabulary learned from cleaned captions; every ASCII letter is in it, so no plain word is unknown.

    Args:
        captions: As people and the corpus write them; cleaned here as at inference.
        config: For the size of the vocabulary.
    """
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Metaspace(), pre_tokenizers.Punctuation()])
    trainer = trainers.BpeTrainer(
        vocab_size=config.vocabulary_size,
        special_tokens=[PAD, END, UNKNOWN],
        initial_alphabet=[chr(code) for code in range(33, 127)],
        show_progress=False,
    )
    tokenizer.train_from_iterator((clean_prompt(caption).text for caption in captions), trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"$A {END}", special_tokens=[(END, tokenizer.token_to_id(END))]
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]  # the library's gap
        tokenizer_object=tokenizer, pad_token=PAD, eos_token=END, unk_token=UNKNOWN, model_max_length=config.max_tokens
    )


class TextModel(nn.Module):
    """Tokenizer and encoder; maps captions to the rows that cross-attention reads."""

    def __init__(self, config: TextModelConfig, tokenizer: "PreTrainedTokenizerFast") -> None:
        """Build the encoder; its weights are unwritten until initialised or loaded.

        Args:
            config: Its size.
            tokenizer: From :func:`train_tokenizer`, or read back from a folder.
        """
        from transformers import T5Config, T5EncoderModel

        super().__init__()
        self.config = config
        self.tokenizer = tokenizer
        # On meta because the library would draw weights from everybody's generator.
        with torch.device("meta"):
            self.encoder = T5EncoderModel(
                T5Config(
                    vocab_size=len(tokenizer),
                    d_model=config.width,
                    d_kv=config.width // config.heads,
                    d_ff=config.ffn_size,
                    num_layers=config.layers,
                    num_heads=config.heads,
                    feed_forward_proj="gated-gelu",
                    dropout_rate=0.0,
                    pad_token_id=tokenizer.pad_token_id,
                    eos_token_id=tokenizer.eos_token_id,
                )
            )
        self.encoder.to_empty(device="cpu")
        self.encoder.encoder.embed_tokens.weight = self.encoder.shared.weight
        self._ids: dict[str, list[int]] = {}

    @torch.no_grad()
    def init_weights(self, generator: torch.Generator) -> None:
        """Draw weights: matrices by fan-in, embeddings of unit size, norms 1.

        Args:
            generator: On the CPU.
        """
        for name, parameter in self.named_parameters():
            if parameter.ndim < 2:
                parameter.fill_(1.0)
            else:
                is_table = "shared" in name or "relative_attention_bias" in name
                parameter.normal_(0, 1.0 if is_table else parameter.shape[1] ** -0.5, generator=generator)
            if name.endswith(("SelfAttention.q.weight", "relative_attention_bias.weight")):
                # T5 does not divide products of queries and keys by the root of the head's width.
                parameter.mul_((self.config.width // self.config.heads) ** -0.5)

    def forward(self, captions: Sequence[str]) -> list[Tensor]:
        """Embed captions.

        Returns:
            Per caption its valid rows, ``(rows, width)`` float32.
        """
        ids = [self.token_ids(caption) for caption in captions]
        longest = max(len(row) for row in ids)
        device = self.encoder.shared.weight.device
        tokens = torch.tensor([row + [self.tokenizer.pad_token_id] * (longest - len(row)) for row in ids])
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in ids])
        hidden: Tensor = self.encoder(tokens.to(device), attention_mask=mask.to(device)).last_hidden_state
        return [rows[: len(row)].float() for rows, row in zip(hidden, ids, strict=True)]

    def token_ids(self, caption: str) -> list[int]:
        """Ids of a cleaned caption, cut to fit, the end-of-text id last."""
        if caption not in self._ids:
            if len(self._ids) >= _MOST_KEPT:
                self._ids.clear()
            text = clean_prompt(caption).text
            ids: list[int] = self.tokenizer(text, truncation=True, max_length=self.config.max_tokens)["input_ids"]
            self._ids[caption] = ids
        return self._ids[caption]


def save_tokenizer(tokenizer: "PreTrainedTokenizerFast", folder: Path) -> None:
    """Write a tokenizer's files.

    Raises:
        StorageError: If they cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tokenizer.save_pretrained(folder)
    except OSError as error:
        raise StorageError(f"the tokenizer could not be written to {folder}: {error.strerror or error}") from error


def load_tokenizer(folder: Path) -> "PreTrainedTokenizerFast":
    """The tokenizer of a saved folder.

    Raises:
        WeightsError: If there is none, or it is damaged.
    """
    from transformers import PreTrainedTokenizerFast

    try:
        tokenizer: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(folder, local_files_only=True)
    # A damaged file raises bare Exception there.
    except Exception as error:
        raise WeightsError(f"no tokenizer can be read from {folder}: {error}") from error
    return tokenizer


def save_text_model(model: TextModel, weights: Mapping[str, Tensor], folder: Path, *, dtype: torch.dtype) -> None:
    """Write a T5 folder that any reader of T5 encoders takes.

    Args:
        model: For its configuration and tokenizer.
        weights: By parameter name of ``model``, for example an average.
        folder: Made if missing.
        dtype: Of the stored weights.

    Raises:
        StorageError: If it cannot be written.
    """
    save_tokenizer(model.tokenizer, folder)
    tensors = {
        # Without the name under which this module holds the encoder.
        name.removeprefix("encoder."): tensor.to(dtype).cpu().contiguous()
        for name, tensor in weights.items()
        if not name.endswith(_ALIAS)
    }
    atomic_write(folder / "model.safetensors", save(tensors, {"format": "pt"}))
    plain = {**model.encoder.config.to_dict(), "architectures": ["T5EncoderModel"]}
    # Written last: it is what makes the folder an encoder.
    atomic_write(folder / "config.json", json.dumps(plain, indent=2, sort_keys=True).encode())
