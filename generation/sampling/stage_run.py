"""One stage while it runs: the chunks in flight, the keys behind them, and the step that moves them."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from generation.errors import NumericsError
from generation.sampling.clean_keys import CleanPasses
from generation.sampling.conditioning import ChunkTexts, WindowTexts
from generation.sampling.counting import CountedModel
from generation.sampling.lifecycle import enter_chunk, impose_prefix, reach_of, stage_of
from generation.sampling.protocol import ChunkModel, CleanKeys
from generation.sampling.report import StepReport
from generation.sampling.state import SamplerState
from generation.sampling.timesteps import make_timesteps, step_size_of
from generation.sampling.velocity import NoisyWindow, VelocityPasses, split_chunks
from generation.sampling.visibility import key_ranges


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class MadeKeys:
    """Keys and values of the clean chunks up to ``stop``, as far back as they are needed."""

    cache: CleanKeys
    stop: int


class StageRun:
    """Runs the steps of the stage that a state is about to begin.

    Args:
        model: The velocity field.
        state: Of the clip; not changed.
        texts: Of the clip.

    Raises:
        StateError: If the clip is finished.
    """

    def __init__(self, model: ChunkModel, state: SamplerState, texts: ChunkTexts) -> None:
        self._state = state
        self.stage = stage_of(state)
        self._sampling = state.sampling
        self._model = CountedModel(model)
        self._timesteps = make_timesteps(self._sampling.num_steps, self._sampling.twelve_step_intervals)
        offset = state.num_prefix_chunks
        window_texts = WindowTexts(texts, model, chunks=self.stage.chunks, num_prefix_chunks=offset)
        self._clean_passes = CleanPasses(self._model, self._sampling, window_texts, num_prefix_chunks=offset)
        self._velocity_passes = VelocityPasses(self._model, self._sampling, window_texts)

    def clean_keys(self, kept: MadeKeys | None = None) -> MadeKeys:
        """Make the keys of all clean chunks that this stage or a later one looks at.

        Args:
            kept: What the stage before left; continued in place. Without it everything is made again.
        """
        state, reach = self._state, reach_of(self._state, self.stage, self._model.config)
        made = kept or MadeKeys(cache=self._model.make_kv_cache(*state.latents.shape[3:]), stop=reach.replay_start)
        begin = max(made.stop, reach.replay_start)
        missing = state.clean[begin - state.clean_start :]
        self._clean_passes.write(made.cache, missing, first_chunk=begin, history_start=reach.replay_start)
        made.cache.drop_before(reach.keys_start)
        return MadeKeys(cache=made.cache, stop=self.stage.first_chunk)

    def enter_chunk(self) -> Tensor:
        """Latents with which the stage begins, ``(1, C, T, H, W)`` on the model's device."""
        return enter_chunk(self._state, self.stage, self._model.config).to(self._model.null_text.device)

    def take_step(self, step: int, latents: Tensor, keys: CleanKeys) -> StepReport:
        """Move all chunks in flight along their velocity (one Euler step).

        Args:
            step: Of the stage, from 0.
            latents: ``(1, C, T, H, W)``, where the step before left them.
            keys: From :meth:`clean_keys`.

        Returns:
            Among others the new latents.

        Raises:
            NumericsError: If NaN or infinity appears.
        """
        sampling, stage = self._sampling, self.stage
        latents = impose_prefix(latents, self._state.prefix)
        indices = [block * sampling.steps_per_stage + step for block in stage.blocks]
        timesteps = self._timesteps[indices]
        next_timesteps = self._timesteps[[index + 1 for index in indices]]
        window = NoisyWindow(
            latents=latents,
            timesteps=tuple(timesteps.tolist()),
            key_ranges=key_ranges(sampling, stage, step),
            first_chunk=stage.first_chunk,
            step_size=step_size_of(sampling, step) if self._model.config.distilled else None,
        )
        text_keys = self._text_keys_of_first_step(keys) if step == 0 else None
        velocity = self._velocity_passes.velocity(window, keys, text_keys=text_keys)
        per_frame = (next_timesteps - timesteps).repeat_interleave(self._model.config.chunk_latent_frames)
        latents = latents + velocity * per_frame.to(velocity).view(1, 1, -1, 1, 1)
        self._require_finite(velocity, latents, step)
        forwards, chunk_forwards = self._model.take_counts()
        return StepReport(
            stage=stage.index,
            num_stages=self._state.num_stages,
            step=step,
            steps_in_stage=sampling.steps_per_stage,
            first_chunk=stage.first_chunk,
            stop_chunk=stage.stop_chunk,
            timesteps=window.timesteps,
            next_timesteps=tuple(next_timesteps.tolist()),
            key_ranges=window.key_ranges,
            forwards=forwards,
            chunk_forwards=chunk_forwards,
            velocity=velocity,
            latents=latents,
        )

    def _text_keys_of_first_step(self, keys: CleanKeys) -> Callable[[], CleanKeys] | None:
        """Keys with the chunk that has just become clean as the text pass of the first step sees it.

        Prefix chunks were never in flight: every pass reads the same keys of them.
        """
        chunk = self.stage.first_chunk - 1
        if chunk < self._state.num_prefix_chunks:
            return None

        def forked() -> CleanKeys:
            fork = keys.fork()
            self._clean_passes.write_as_text_pass_sees_it(fork, self._state.clean[-1], chunk=chunk)
            return fork

        return forked

    def _require_finite(self, velocity: Tensor, latents: Tensor, step: int) -> None:
        if torch.isfinite(velocity).all() and torch.isfinite(latents).all():
            return
        name, tensor = ("latents", latents) if torch.isfinite(velocity).all() else ("velocity", velocity)
        finite = torch.isfinite(split_chunks(tensor, len(self.stage.chunks))).flatten(1).all(dim=1)
        chunk = self.stage.chunks[finite.tolist().index(False)] - self._state.num_prefix_chunks
        raise NumericsError(
            f"{name} must be finite, got NaN or infinity in chunk {chunk + 1} at step {step + 1} of stage "
            f"{self.stage.index + 1}; the chunk is not stored"
        )
