"""Random windows for tests of the transformer."""

import torch

from generation.config import DiTConfig
from generation.model.window import ChunkWindow, PackedText


def random_window(
    config: DiTConfig,
    *,
    chunks: int,
    batch: int = 1,
    first_chunk: int = 0,
    key_ranges: tuple[tuple[int, int], ...] | None = None,
    text_lengths: tuple[int, ...] | None = None,
    size: tuple[int, int] = (4, 6),
    seed: int = 0,
) -> ChunkWindow:
    """A window of seeded random latents, timesteps and text; by default chunks see all before them in the window."""
    generator = torch.Generator().manual_seed(seed)
    frames = chunks * config.chunk_latent_frames
    lengths = text_lengths or tuple(3 + 2 * index % 5 for index in range(batch * chunks))
    block_causal = tuple((first_chunk, first_chunk + index + 1) for index in range(chunks))
    return ChunkWindow(
        latents=torch.randn(batch, config.latent_channels, frames, *size, generator=generator),
        timesteps=torch.rand(batch, chunks, generator=generator),
        text=PackedText(embeddings=torch.randn(sum(lengths), config.text_dim, generator=generator), lengths=lengths),
        first_chunk=first_chunk,
        key_ranges=key_ranges or block_causal,
    )
