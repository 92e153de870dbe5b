"""The transformer together with the text model that is trained along with it."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from generation.config import DiTConfig
from generation.errors import ConfigError
from generation.model.dit import DiT
from generation.model.window import PackedText
from generation.training.clip_plan import TaskMix
from generation.training.latent_cache import ClipWords
from generation.training.text_model import TextModel


class CaptionedDiT(nn.Module):
    """Both models as one module, so that one optimiser, one average and one checkpoint hold them."""

    def __init__(self, dit: DiT, text: TextModel) -> None:
        """Join them.

        Raises:
            ConfigError: If the text is not as wide or may be longer than the transformer wants.
        """
        super().__init__()
        wanted, got = dit.config, text.config
        if (wanted.text_dim, wanted.text_max_tokens) != (got.width, got.max_tokens):
            raise ConfigError(
                f"the text model must give at most {wanted.text_max_tokens} tokens of width {wanted.text_dim}, got "
                f"{got.max_tokens} of {got.width}"
            )
        self.dit = dit
        self.text = text

    @property
    def config(self) -> DiTConfig:
        """The transformer's architecture."""
        return self.dit.config

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.dit.null_text.device

    def null_rows(self) -> Tensor:
        """The text of a chunk that is told nothing, ``(null_text_tokens, text_dim)``; learned."""
        return self.dit.null_text[: self.config.null_text_tokens]

    def pack(self, captions: Sequence[Sequence[str]], *, clean_chunks: int) -> PackedText:
        """Embed what every noisy chunk is told; clean chunks are told nothing.

        Args:
            captions: Per clip one caption per chunk.
            clean_chunks: Leading chunks of every clip that are clean.
        """
        told = sorted({text for clip in captions for text in clip[clean_chunks:]})
        rows = dict(zip(told, self.text(told), strict=True)) if told else {}
        null = self.null_rows()
        return _packed(
            [null if chunk < clean_chunks else rows[text] for clip in captions for chunk, text in enumerate(clip)]
        )

    def pack_null(self, count: int) -> PackedText:
        """The null text for ``count`` chunks."""
        return _packed([self.null_rows()] * count)


def captions_of_chunks(
    words: Sequence[ClipWords], chunks: int, mix: TaskMix, generator: torch.Generator
) -> list[tuple[str, ...]]:
    """Choose what every chunk of a batch is told: the clip's caption, or its own second's.

    Args:
        words: Of the clips.
        chunks: Chunks, which are seconds, per clip.
        mix: How often seconds speak for themselves.
        generator: On the CPU.
    """
    picks = torch.rand(len(words), generator=generator).tolist()
    captions = []
    for clip, pick in zip(words, picks, strict=True):
        share = mix.second_captions_of_changing if clip.changes else mix.second_captions_of_steady
        by_second = pick < share and len(clip.second_captions) >= chunks
        captions.append(clip.second_captions[:chunks] if by_second else (clip.caption,) * chunks)
    return captions


def _packed(rows: list[Tensor]) -> PackedText:
    return PackedText(embeddings=torch.cat(rows), lengths=tuple(len(part) for part in rows))
