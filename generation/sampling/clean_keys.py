"""Keys and values of clean chunks: made one chunk at a time, so that making them again gives the same bytes.

A matrix product over one chunk and one over five differ in the last bit. So every clean chunk, be it fresh, from the
prefix, or restored from disk, goes through a forward of its own, in chunk order and with the same shapes; a cache that
was kept and a cache that was made again are equal byte for byte.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from generation.config import SamplingConfig
from generation.model.window import ChunkWindow
from generation.sampling.conditioning import WindowTexts
from generation.sampling.protocol import ChunkModel, CleanKeys
from generation.sampling.timesteps import step_size_of
from generation.sampling.visibility import clean_key_range


class CleanPasses:
    """Writes clean chunks into a cache.

    Clean chunks are told nothing: they see the null text, at ``clean_timestep``, which is almost 1.

    Args:
        model: The transformer.
        sampling: Clean timestep and span.
        texts: For the null text.
        num_prefix_chunks: Whole chunks given at the start of the clip.
    """

    def __init__(
        self, model: ChunkModel, sampling: SamplingConfig, texts: WindowTexts, *, num_prefix_chunks: int
    ) -> None:
        self._model = model
        self._sampling = sampling
        self._texts = texts
        self._num_prefix_chunks = num_prefix_chunks

    @property
    def null_condition(self) -> bool:
        """Three-pass models cache what their context pass sees, one-pass models have only the other pass."""
        return self._sampling.guidance_passes == 3

    def write(self, keys: CleanKeys, latents: Sequence[Tensor], *, first_chunk: int, history_start: int = 0) -> None:
        """Make consecutive chunks clean in the cache, in order.

        Args:
            keys: Holds the chunks before ``first_chunk`` that they see.
            latents: Per chunk ``(1, C, T, H, W)``, exact prefix frames included, in the dtype in which they came.
            first_chunk: Index of the first of them.
            history_start: Nothing before this chunk is known any more. Only chunks whose keys nobody reads exactly
                see less for it; see :func:`~generation.sampling.visibility.clean_reach`.
        """
        for offset, chunk_latents in enumerate(latents):
            chunk = first_chunk + offset
            self._forward(keys, chunk_latents, chunk, history_start, null_condition=self.null_condition)

    def write_as_text_pass_sees_it(self, keys: CleanKeys, latents: Tensor, *, chunk: int) -> None:
        """Overwrite the chunk that has just become clean the way the text pass of three meets it.

        In the first step of a stage the released code puts that chunk into every pass's own batch, so the text pass
        computes its keys under its own condition; from the second step on all passes read those of the context pass.
        The weights are used to it (spec dit §11, Q2), hence a fork of the cache for that one pass.
        """
        self._forward(keys, latents, chunk, 0, null_condition=False)

    def _forward(
        self, keys: CleanKeys, latents: Tensor, chunk: int, history_start: int, *, null_condition: bool
    ) -> None:
        start, stop = clean_key_range(self._sampling, chunk=chunk, num_prefix_chunks=self._num_prefix_chunks)
        distilled = self._model.config.distilled
        window = ChunkWindow(
            latents=latents.to(self._model.null_text.device),
            timesteps=torch.full((1, 1), self._sampling.clean_timestep, device=self._model.null_text.device),
            text=self._texts.null(1),
            first_chunk=chunk,
            key_ranges=((max(start, history_start), stop),),
            null_condition=null_condition,
            step_size=step_size_of(self._sampling, 0) if distilled else None,
        )
        self._model(window, keys, write_chunks=1)
