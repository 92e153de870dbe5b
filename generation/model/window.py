"""What one forward of the transformer sees: consecutive chunks, each with its own time, text and reach."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, kw_only=True, slots=True)
class PackedText:
    """The text of all chunks of a window, valid rows only; rows carry no position, only the set counts."""

    # (L_total, text_dim) float32, batch-major: chunk 0 of element 0, chunk 1 of element 0, ...
    embeddings: Tensor
    # One entry per batch element and chunk; they sum to L_total. A chunk without text has 0.
    lengths: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChunkWindow:
    """Consecutive chunks for one forward.

    Chunks are counted on the clip's own axis, so ``first_chunk`` fixes both the rotary time of the window and which
    keys lie in the cache (all before it).
    """

    # (B, C, T, H, W) with T = chunks x chunk_latent_frames.
    latents: Tensor
    # (B, chunks) float32, 0 = noise, 1 = clean.
    timesteps: Tensor
    text: PackedText
    first_chunk: int
    # Per chunk of the window the chunks [start, stop) it attends to, itself included; the same for every element.
    key_ranges: tuple[tuple[int, int], ...]
    # Gates are conditioned on the last row of the null caption instead of the last but one.
    null_condition: bool = False
    # Distilled models embed this value beside the timestep; None for models that know one step size.
    step_size: float | None = None

    @property
    def num_chunks(self) -> int:
        """Chunks in the window."""
        return len(self.key_ranges)
