"""Velocity fields with a formula, standing in for the transformer, and what they were asked."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from generation.config import DiTConfig, SamplingConfig
from generation.errors import StateError
from generation.model.window import ChunkWindow
from generation.sampling.conditioning import ChunkTexts
from tests.support.models import TINY

TEXT_DIM = TINY["text_dim"]


@dataclass(frozen=True, kw_only=True)
class ChunkView:
    """What a field may look at to say where one chunk goes."""

    # (C, T, H, W).
    latents: Tensor
    timestep: float
    # Latents of the chunks it sees before itself, oldest first.
    past: list[Tensor]
    # (rows, text_dim).
    text: Tensor
    null_condition: bool
    step_size: float | None


@dataclass(frozen=True, kw_only=True)
class Call:
    """One forward that was asked for."""

    window: ChunkWindow
    write_chunks: int
    cached: tuple[int, ...]


class LatentKeys:
    """A cache whose "keys" are the clean latents themselves."""

    def __init__(self) -> None:
        self.chunks: dict[int, Tensor] = {}

    @property
    def nbytes(self) -> int:
        return sum(latents.nbytes for latents in self.chunks.values())

    def drop_before(self, chunk: int) -> None:
        self.chunks = {index: latents for index, latents in self.chunks.items() if index >= chunk}

    def fork(self) -> "LatentKeys":
        fork = LatentKeys()
        fork.chunks = dict(self.chunks)
        return fork


class Field:
    """A model whose velocity is a formula of each chunk and what it sees."""

    def __init__(self, formula: Callable[[ChunkView], Tensor], **overrides) -> None:
        self.config = DiTConfig(**{**TINY, "patch_size": 1, **overrides})
        self.null_text = torch.zeros(self.config.text_max_tokens, self.config.text_dim)
        self.formula = formula
        self.calls: list[Call] = []

    def make_kv_cache(self, latent_height: int, latent_width: int) -> LatentKeys:
        return LatentKeys()

    def __call__(self, window: ChunkWindow, kv_cache: LatentKeys | None = None, *, write_chunks: int = 0) -> Tensor:
        known = {} if kv_cache is None else kv_cache.chunks
        self.calls.append(Call(window=window, write_chunks=write_chunks, cached=tuple(sorted(known))))
        texts = window.text.embeddings.split(list(window.text.lengths))
        rows = []
        for element, latents in enumerate(window.latents):
            parts = latents.split(self.config.chunk_latent_frames, dim=1)
            own = {window.first_chunk + position: part for position, part in enumerate(parts)}
            seen = {index: latents for index, latents in known.items() if index < window.first_chunk} | own
            views = []
            for position, (start, stop) in enumerate(window.key_ranges):
                if any(chunk not in seen for chunk in range(start, stop)):
                    raise StateError(f"chunks {start} to {stop} are looked at, but only {sorted(seen)} are known")
                view = ChunkView(
                    latents=parts[position],
                    timestep=float(window.timesteps[element, position]),
                    past=[seen[chunk] for chunk in range(start, stop - 1)],
                    text=texts[element * len(parts) + position],
                    null_condition=window.null_condition,
                    step_size=window.step_size,
                )
                views.append(self.formula(view))
            rows.append(torch.cat(views, dim=1))
            for position in range(write_chunks):
                known[window.first_chunk + position] = parts[position]
        return torch.stack(rows)


def plain_texts(num_chunks: int, text_dim: int = TEXT_DIM) -> ChunkTexts:
    """One row of text per chunk: chunk i is told i + 1."""
    return ChunkTexts.of([torch.full((1, text_dim), float(index + 1)) for index in range(num_chunks)])


def sampling_of(**overrides) -> SamplingConfig:
    """Eight steps in one pass, the rest as released."""
    return SamplingConfig(**{"num_steps": 8, "guidance_passes": 1, **overrides})
