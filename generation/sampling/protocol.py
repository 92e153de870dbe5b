"""All that sampling knows of the transformer, so that a closed-form field can stand in for it in tests."""

from typing import Protocol

from torch import Tensor

from generation.config import DiTConfig
from generation.model.window import ChunkWindow, PackedText


class CleanKeys(Protocol):
    """Keys and values of a contiguous range of clean chunks; what they are is the model's business."""

    @property
    def nbytes(self) -> int:
        """Memory held."""
        ...

    def drop_before(self, chunk: int) -> None:
        """Forget the chunks before ``chunk``."""
        ...

    def fork(self) -> "CleanKeys":
        """A cache with the same content; what is written to either is not seen by the other."""
        ...


class StepTexts(Protocol):
    """The texts of the chunks in flight: those of a clip, or recorded ones."""

    def conditional(self, chunks: range) -> PackedText:
        """What chunks in flight are told."""
        ...

    def null(self, count: int) -> PackedText:
        """The null text, ``count`` times."""
        ...


class ChunkModel(Protocol):
    """A velocity field over windows of chunks: :class:`generation.model.dit.DiT` or a formula."""

    @property
    def config(self) -> DiTConfig:
        """The architecture: chunk length, channels, text width, number of layers."""
        ...

    @property
    def null_text(self) -> Tensor:
        """Learned text of an unconditioned chunk, ``(text_max_tokens, text_dim)``, on the model's device."""
        ...

    def make_kv_cache(self, latent_height: int, latent_width: int) -> CleanKeys:
        """An empty cache for latents of this size."""
        ...

    def __call__(self, window: ChunkWindow, kv_cache: CleanKeys | None = None, *, write_chunks: int = 0) -> Tensor:
        """Velocity of every chunk of the window, ``(B, C, T, H, W)`` float32.

        Chunks before the window are read from ``kv_cache``; the first ``write_chunks`` of the window are written to it.
        """
        ...
