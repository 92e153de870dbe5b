"""The denoise loop: from noise to clean chunks, one stage at a time.

A clip is a row of chunks. A few of them are in flight together, the older the cleaner; each step asks the model for a
velocity and moves every chunk a little along it. A stage is ``num_steps / window_size`` steps. Once the window is full,
every stage ends with one clean chunk, which leaves the window and from then on is only looked at through its cached
keys, while a new chunk of pure noise enters.

Between stages the clip is a :class:`~generation.sampling.state.SamplerState`, a value that can be stored, copied, and
continued anywhere. The sampler keeps the keys and values of the clip that it advanced last; without them it makes them
again from the clean latents in the state, and gets the same bytes.

Read :meth:`Sampler.advance` first, then :meth:`generation.sampling.stage_run.StageRun.take_step`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import torch
from torch import Tensor

from generation.config import SamplingConfig
from generation.errors import Cancelled, NumericsError, RequestError, StateError
from generation.sampling.conditioning import ChunkTexts
from generation.sampling.lifecycle import end_stage, oldest_needed
from generation.sampling.protocol import ChunkModel
from generation.sampling.report import CleanChunk, StepReport
from generation.sampling.stage_run import MadeKeys, StageRun
from generation.sampling.state import SamplerState

__all__ = ["CleanChunk", "Sampler", "StepReport"]


class Sampler:
    """Denoises clips that share a model, settings and texts; used by one thread at a time.

    Args:
        model: The velocity field, usually :class:`generation.model.dit.DiT`.
        sampling: Schedule, guidance and policies.
        texts: Of the chunks to generate.
        weights_hash: Identifies the model's weights; a state made with others is refused.
    """

    def __init__(self, model: ChunkModel, sampling: SamplingConfig, texts: ChunkTexts, *, weights_hash: str) -> None:
        self._model = model
        self._sampling = sampling
        self._texts = texts
        self._weights_hash = weights_hash
        # The state whose next stage they fit, by its key, and the keys.
        self._kept: tuple[str, MadeKeys] | None = None

    @torch.no_grad()
    def advance(
        self,
        state: SamplerState,
        *,
        on_step: Callable[[StepReport], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> tuple[SamplerState, CleanChunk | None]:
        """Run one stage.

        Args:
            state: From :meth:`start`, from the last advance, or from disk; stays as it is.
            on_step: Called after every step.
            should_stop: Asked before every step.

        Returns:
            The state before the next stage, and the chunk that became clean, if one did.

        Raises:
            StateError: If the state belongs to other weights, text or settings, or the clip is finished.
            NumericsError: If NaN or infinity appears.
            Cancelled: If ``should_stop`` said so.
        """
        self._require_own(state)
        run = StageRun(self._model, state, self._texts)
        keys = run.clean_keys(self._take_kept(state))
        latents = run.enter_chunk()
        for step in range(self._sampling.steps_per_stage):
            if should_stop is not None and should_stop():
                raise Cancelled(
                    f"stopped before step {step + 1} of stage {state.stage + 1}; the clip can go on from it"
                )
            report = run.take_step(step, latents, keys.cache)
            latents = report.latents
            if on_step is not None:
                on_step(report)
        after, clean_chunk = end_stage(state, run.stage, latents.cpu(), self._model.config)
        self._kept = None if after.is_finished else (after.key, keys)
        return after, clean_chunk

    def run(
        self,
        state: SamplerState,
        *,
        on_step: Callable[[StepReport], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> Iterator[CleanChunk]:
        """Advance a clip to its end, handing out chunks as they become clean.

        Raises:
            GenerationError: Whatever :meth:`advance` raises.
        """
        while not state.is_finished:
            state, clean_chunk = self.advance(state, on_step=on_step, should_stop=should_stop)
            if clean_chunk is not None:
                yield clean_chunk

    def start(
        self,
        *,
        num_chunks: int,
        latent_height: int,
        latent_width: int,
        seed: int,
        prefix: Tensor | None = None,
        noise: Tensor | None = None,
    ) -> SamplerState:
        """Begin a clip; nothing is computed yet.

        Args:
            num_chunks: Chunks to generate, which is how many come out. A chunk begun by the prefix counts, whole
                prefix chunks do not.
            latent_height: A multiple of the patch size.
            latent_width: A multiple of the patch size.
            seed: Of the noise, in 0..2^63 - 1.
            prefix: ``(1, C, P, H, W)`` scaled latents of an image (P = 1) or of a video's end, any dtype; whole chunks
                of them are clean from the start, the rest begins the first generated chunk.
            noise: Starting noise instead of a seed's, for comparisons: ``(1, C, T, H, W)`` of the whole clip, whole
                prefix chunks included.

        Raises:
            RequestError: If sizes do not fit together, or there is not one text per chunk.
            NumericsError: If the prefix or the noise holds NaN or infinity.
        """
        config, frames = self._model.config, self._model.config.chunk_latent_frames
        self._check_request(num_chunks, latent_height, latent_width)
        empty = torch.zeros(1, config.latent_channels, 0, latent_height, latent_width)
        prefix = empty if prefix is None else _checked("prefix", prefix, like=empty)
        num_prefix_chunks = prefix.shape[2] // frames
        if noise is not None:
            noise = _checked("noise", noise, like=empty, num_frames=(num_prefix_chunks + num_chunks) * frames)
            noise = noise[:, :, num_prefix_chunks * frames :].float().contiguous()
        state = SamplerState(
            sampling=self._sampling,
            num_chunks=num_chunks,
            prefix_frames=prefix.shape[2],
            num_prefix_chunks=num_prefix_chunks,
            stage=0,
            seed=seed,
            text_key=self._texts.key,
            weights_hash=self._weights_hash,
            latents=empty,
            clean=(),
            clean_start=num_prefix_chunks,
            prefix=prefix[:, :, num_prefix_chunks * frames :].contiguous(),
            noise=empty if noise is None else noise,
        )
        needed = range(oldest_needed(state, 0, config), num_prefix_chunks)
        whole = tuple(prefix[:, :, chunk * frames : (chunk + 1) * frames].contiguous() for chunk in needed)
        return replace(state, clean=whole, clean_start=needed.start)

    @property
    def kept_bytes(self) -> int:
        """Memory of the keys and values kept for the clip that was advanced last."""
        return self._kept[1].cache.nbytes if self._kept else 0

    def _take_kept(self, state: SamplerState) -> MadeKeys | None:
        """Keys left by the stage before this one of the same clip.

        They are given away, so that a stage that fails half-way leaves none behind which do not fit the state.
        """
        kept, self._kept = self._kept, None
        return kept[1] if kept and kept[0] == state.key else None

    def _check_request(self, num_chunks: int, latent_height: int, latent_width: int) -> None:
        patch = self._model.config.patch_size
        if num_chunks != self._texts.num_chunks:
            raise RequestError(
                f"chunks to generate must have one text each ({self._texts.num_chunks}), got {num_chunks} chunks"
            )
        if min(latent_height, latent_width) < 1 or latent_height % patch or latent_width % patch:
            raise RequestError(f"latent sizes must be multiples of {patch}, got {latent_height} x {latent_width}")

    def _require_own(self, state: SamplerState) -> None:
        for what, got, own in (
            ("weights", state.weights_hash, self._weights_hash),
            ("text", state.text_key, self._texts.key),
            ("settings", state.sampling, self._sampling),
        ):
            if got != own:
                raise StateError(
                    f"a clip must go on with the {what} it began with, got other {what}; begin it anew to change them"
                )


def _checked(name: str, latents: Tensor, *, like: Tensor, num_frames: int | None = None) -> Tensor:
    """Latents on the CPU, of the clip's size and finite."""
    frames = latents.shape[2] if num_frames is None and latents.dim() == 5 else num_frames
    expected = (*like.shape[:2], frames, *like.shape[3:])
    if latents.shape != expected:
        raise RequestError(f"{name} must be {expected}, got {tuple(latents.shape)}")
    if not torch.isfinite(latents).all():
        raise NumericsError(f"{name} must be finite, got NaN or infinity")
    return latents.detach().cpu()
