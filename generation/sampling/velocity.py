"""The velocity of the chunks in flight: the forwards of one step and how they are mixed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from generation.config import SamplingConfig
from generation.model.window import ChunkWindow, PackedText
from generation.sampling.guidance import pass_weights, positions_to_run
from generation.sampling.protocol import ChunkModel, CleanKeys, StepTexts
from generation.sampling.visibility import KeyRange


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class NoisyWindow:
    """The chunks in flight at one step."""

    # (1, C, T, H, W) float32 on the model's device, oldest chunk first.
    latents: Tensor
    # Per chunk.
    timesteps: tuple[float, ...]
    # Per chunk the chunks it sees, on the clip's axis.
    key_ranges: tuple[KeyRange, ...]
    first_chunk: int
    step_size: float | None

    def chunks(self, positions: range) -> range:
        """Positions in the window as chunks of the clip."""
        return range(self.first_chunk + positions.start, self.first_chunk + positions.stop)


def split_chunks(latents: Tensor, num_chunks: int) -> Tensor:
    """Latents ``(1, C, T, H, W)`` as ``(num_chunks, C, T / num_chunks, H, W)``."""
    _, channels, frames, height, width = latents.shape
    return latents.reshape(channels, num_chunks, frames // num_chunks, height, width).transpose(0, 1)


def join_chunks(chunks: Tensor) -> Tensor:
    """The reverse of :func:`split_chunks`."""
    return chunks.transpose(0, 1).flatten(1, 2).unsqueeze(0)


class VelocityPasses:
    """Runs the forwards of a step.

    Args:
        model: The velocity field.
        sampling: Guidance and what may be skipped.
        texts: Of the chunks in flight.
    """

    def __init__(self, model: ChunkModel, sampling: SamplingConfig, texts: StepTexts) -> None:
        self._model = model
        self._sampling = sampling
        self._texts = texts

    def velocity(
        self, window: NoisyWindow, keys: CleanKeys, *, text_keys: Callable[[], CleanKeys] | None = None
    ) -> Tensor:
        """Velocity of all chunks in flight.

        Args:
            window: The chunks.
            keys: Of the clean chunks before the window.
            text_keys: Makes the keys that the text pass of three reads instead; asked only if that pass looks back.

        Returns:
            Like ``window.latents``.
        """
        if self._sampling.guidance_passes == 1:
            return join_chunks(self._one_pass(window, keys))
        return join_chunks(self._three_passes(window, keys, text_keys))

    def _three_passes(self, window: NoisyWindow, keys: CleanKeys, text_keys: Callable[[], CleanKeys] | None) -> Tensor:
        weights = [pass_weights(self._sampling, timestep) for timestep in window.timesteps]
        noisy = split_chunks(window.latents, len(weights))
        velocity = torch.zeros_like(noisy)

        def add(part: Tensor, positions: Sequence[int], part_weights: list[float]) -> None:
            scale = noisy.new_tensor([part_weights[position] for position in positions]).view(-1, 1, 1, 1, 1)
            velocity[list(positions)] += scale * part

        none = [weight.none for weight in weights]
        alone = [position for position, weight in enumerate(none) if weight or not self._skips]
        if alone:
            add(self._unconditional(window, noisy, alone), alone, none)
        context = [weight.context for weight in weights]
        if run := self._positions(context, window):
            null = self._texts.null(len(run))
            add(self._in_context(window, run, null, keys, null_condition=True), run, context)
        text = [weight.text for weight in weights]
        if run := self._positions(text, window):
            told = self._texts.conditional(window.chunks(run))
            looks_back = any(window.key_ranges[position][0] < window.first_chunk for position in run)
            seen = text_keys() if text_keys and looks_back else keys
            add(self._in_context(window, run, told, seen, null_condition=False), run, text)
        return velocity

    def _one_pass(self, window: NoisyWindow, keys: CleanKeys) -> Tensor:
        """Guidance lies in the weights; a nearly clean chunk is only held back from its past a little."""
        every = range(len(window.timesteps))
        told = self._texts.conditional(window.chunks(every))
        velocity = self._in_context(window, every, told, keys, null_condition=False)
        if self._mixes_own_view(window):
            share = self._sampling.near_clean_context_weight
            velocity[0] = share * velocity[0] + (1 - share) * self._own_view(window)[0]
        return velocity

    def _mixes_own_view(self, window: NoisyWindow) -> bool:
        if not window.timesteps[0] > self._sampling.near_clean_threshold:
            return False
        sees_only_itself = window.key_ranges[0][0] == window.first_chunk
        mixes_nothing = self._sampling.near_clean_context_weight == 1
        return not (self._skips and (sees_only_itself or mixes_nothing))

    @property
    def _skips(self) -> bool:
        return self._sampling.skip_zero_weight_passes

    def _positions(self, weights: list[float], window: NoisyWindow) -> range:
        return positions_to_run(weights, window.key_ranges, window.first_chunk, skip_zero_weights=self._skips)

    def _in_context(
        self, window: NoisyWindow, positions: range, text: PackedText, keys: CleanKeys, *, null_condition: bool
    ) -> Tensor:
        """One forward over consecutive chunks that see each other and the clean chunks before them."""
        cut = slice(positions.start, positions.stop)
        noisy = split_chunks(window.latents, len(window.timesteps))[cut]
        part = ChunkWindow(
            latents=join_chunks(noisy),
            timesteps=noisy.new_tensor([window.timesteps[cut]]),
            text=text,
            first_chunk=window.chunks(positions).start,
            key_ranges=window.key_ranges[cut],
            null_condition=null_condition,
            step_size=window.step_size,
        )
        return split_chunks(self._model(part, keys), len(positions))

    def _unconditional(self, window: NoisyWindow, noisy: Tensor, positions: list[int]) -> Tensor:
        """Each chunk alone as a batch element, as if it were the first of a clip, without text."""
        part = ChunkWindow(
            latents=noisy[positions],
            timesteps=noisy.new_tensor([[window.timesteps[position]] for position in positions]),
            text=self._texts.null(len(positions)),
            first_chunk=0,
            key_ranges=((0, 1),),
            null_condition=True,
            step_size=window.step_size,
        )
        return self._model(part)

    def _own_view(self, window: NoisyWindow) -> Tensor:
        """The oldest chunk with its text but without its past."""
        first = window.first_chunk
        noisy = split_chunks(window.latents, len(window.timesteps))[:1]
        part = ChunkWindow(
            latents=join_chunks(noisy),
            timesteps=noisy.new_tensor([window.timesteps[:1]]),
            text=self._texts.conditional(range(first, first + 1)),
            first_chunk=first,
            key_ranges=((first, first + 1),),
            step_size=window.step_size,
        )
        return split_chunks(self._model(part), 1)
