"""A small T5 with a vocabulary of its own, made for training along with a small transformer.

Saved as an ordinary T5 folder (config, safetensors, tokenizer), it is read by the same
:class:`generation.text.encoder.TextEncoder` that reads the large one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from generation.errors import ConfigError
from generation.text.cleaning import clean_prompt

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

PAD, END, UNKNOWN = "<pad>", "</s>", "<unk>"


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
    """A byte-pair vocabulary learned from cleaned captions; every letter is in it, so no word is unknown.

    Args:
        captions: As people and the corpus write them; cleaned here as at inference.
        config: For the size of the vocabulary.
    """
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
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
        """Build the encoder with random weights.

        Args:
            config: Its size.
            tokenizer: From :func:`train_tokenizer`, or read back from a folder.
        """
        from transformers import T5Config, T5EncoderModel

        super().__init__()
        self.config = config
        self.tokenizer = tokenizer
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

    def forward(self, captions: Sequence[str]) -> list[Tensor]:
        """Embed captions.

        Returns:
            Per caption its valid rows, ``(rows, width)`` float32.
        """
        cleaned = [clean_prompt(caption).text for caption in captions]
        tokens = self.tokenizer(
            cleaned, padding="longest", truncation=True, max_length=self.config.max_tokens, return_tensors="pt"
        )
        device = next(self.parameters()).device
        mask = tokens["attention_mask"].to(device)
        hidden: Tensor = self.encoder(tokens["input_ids"].to(device), attention_mask=mask).last_hidden_state
        return [rows[: int(count)].float() for rows, count in zip(hidden, mask.sum(dim=1), strict=True)]

    def save(self, folder: Path, weights: dict[str, Tensor]) -> None:
        """Write a T5 folder.

        Args:
            folder: Made if missing.
            weights: The encoder's tensors to write, by their names in the encoder, for example an average.
        """
        from safetensors.torch import save_file

        folder.mkdir(parents=True, exist_ok=True)
        self.tokenizer.save_pretrained(folder)
        self.encoder.config.save_pretrained(folder)
        # Input embeddings are tied: one copy, under the name transformers reads.
        tensors = {
            name: tensor.contiguous() for name, tensor in weights.items() if name != "encoder.embed_tokens.weight"
        }
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def load_tokenizer(folder: Path) -> "PreTrainedTokenizerFast":
    """The tokenizer of a saved folder."""
    from transformers import PreTrainedTokenizerFast

    tokenizer: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(folder)
    return tokenizer


def pack_rows(rows: Sequence[Tensor]) -> tuple[Tensor, tuple[int, ...]]:
    """Lay texts end to end, with their lengths."""
    return torch.cat(list(rows)), tuple(len(part) for part in rows)
