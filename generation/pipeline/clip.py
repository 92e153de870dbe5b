"""One clip in the making: a chunk at a time, resumable after each."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch
from torch import Tensor

from generation.pipeline.clip_warnings import ClipWarning
from generation.pipeline.memory import memory_errors
from generation.pipeline.sizes import FrameSize
from generation.sampling.conditioning import ChunkTexts
from generation.sampling.sampler import Sampler, StepReport
from generation.sampling.state import SamplerState
from generation.vae.codec import FrameCodec

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class DecodedChunk:
    """One finished second, and everything needed to go on after it."""

    # Second of the clip, from 0.
    index: int
    # (T, H, W, 3) uint8 at the asked size.
    frames: Tensor
    # (1, C, t, h, w) float32: what a later clip can continue from.
    latents: Tensor
    # Continue from here: ``pipeline.resume(..., state, context=latents)``.
    state: SamplerState


class Clip:
    """Iterates over the chunks of one clip; owned by one caller, not shared between threads."""

    def __init__(
        self,
        *,
        sampler: Sampler,
        codec: FrameCodec,
        texts: ChunkTexts,
        state: SamplerState,
        context: Tensor | None,
        size: FrameSize,
        warnings: tuple[ClipWarning, ...] = (),
    ) -> None:
        """Bind a sampler's state to the decoder.

        Args:
            sampler: Advances the state.
            codec: Decodes clean chunks.
            texts: Which the sampler follows; a resume needs them again.
            state: Where to begin: fresh, or read back from disk.
            context: Clean latents right before the next chunk, ``(1, C, t, h, w)``; None at the very start.
            size: The asked size and the model's.
            warnings: How the request was taken, where that is not how it reads.
        """
        self.sampler = sampler
        self.codec = codec
        self.texts = texts
        self.state = state
        self.size = size
        self.warnings = warnings
        self.context = context
        self._on_state: Callable[[SamplerState], None] | None = None
        self._on_step: Callable[[StepReport], None] | None = None
        self._should_stop: Callable[[], bool] | None = None

    def watch(
        self,
        *,
        on_step: Callable[[StepReport], None] | None = None,
        on_state: Callable[[SamplerState], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> "Clip":
        """Look on while the clip is made.

        Args:
            on_step: Told of every step.
            on_state: Given the state after every stage that ends without a chunk; chunks carry theirs.
            should_stop: Asked before every step.

        Returns:
            The clip itself, for chaining.
        """
        self._on_step = on_step
        self._on_state = on_state
        self._should_stop = should_stop
        return self

    def __iter__(self) -> Iterator[DecodedChunk]:
        """Yield chunks in order until the clip is whole.

        Raises:
            Cancelled: If ``should_stop`` said so; what was yielded stays valid, and the state can go on later.
            NumericsError: If NaN or infinity appeared.
            OutOfMemory: If the device cannot hold a chunk of this size.
        """
        while not self.state.is_finished:
            started = time.perf_counter()
            with self._memory_errors():
                self.state, clean = self.sampler.advance(
                    self.state, on_step=self._on_step, should_stop=self._should_stop
                )
            if clean is None:
                if self._on_state is not None:
                    self._on_state(self.state)
                continue
            with self._memory_errors():
                frames = self._decode(clean.latents)
            logger.info("chunk %d finished in %.2f s", clean.index, time.perf_counter() - started)
            yield DecodedChunk(index=clean.index, frames=frames, latents=clean.latents, state=self.state)

    def _memory_errors(self) -> AbstractContextManager[None]:
        return memory_errors(
            width=self.size.width, height=self.size.height, window_size=self.state.sampling.window_size
        )

    @torch.inference_mode()
    def _decode(self, latents: Tensor) -> Tensor:
        frames = self.codec.decode_chunk(latents, self.context)
        # A chunk is longer than the context that any policy asks for.
        self.context = latents
        rows, columns = self.size.crop
        return frames[:, rows, columns].contiguous()
