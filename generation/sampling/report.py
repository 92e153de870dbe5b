"""What one step tells whoever watches: progress, a look at the unfinished chunks, and all that a verifier compares."""

from dataclasses import dataclass

from torch import Tensor

from generation.sampling.visibility import KeyRange


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class CleanChunk:
    """A finished chunk."""

    # Among the chunks that come out, from 0.
    index: int
    # (1, C, T, H, W) float32 on the CPU.
    latents: Tensor


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class StepReport:
    """One denoising step that was just taken.

    Tensors are the sampler's own, on the model's device: look at them, do not write to them.
    """

    stage: int
    num_stages: int
    step: int
    steps_in_stage: int
    # Chunks in flight, on the clip's axis, oldest first; everything per chunk below is in this order.
    first_chunk: int
    stop_chunk: int
    # Before and after the step.
    timesteps: tuple[float, ...]
    next_timesteps: tuple[float, ...]
    # Chunks that each chunk saw.
    key_ranges: tuple[KeyRange, ...]
    # Forwards of the model in this step, and how many chunks passed through it in them; clean passes count.
    forwards: int
    chunk_forwards: int
    # (1, C, T, H, W) float32: what was integrated, and where it led.
    velocity: Tensor
    latents: Tensor

    @property
    def num_chunks(self) -> int:
        """Chunks in flight."""
        return self.stop_chunk - self.first_chunk

    @property
    def progress(self) -> float:
        """How much of the clip's way lies behind, in (0, 1]."""
        done = self.stage * self.steps_in_stage + self.step + 1
        return done / (self.num_stages * self.steps_in_stage)

    def predicted_clean(self) -> Tensor:
        """Where a straight line would lead each chunk: the best guess at what it becomes, ``(1, C, T, H, W)``."""
        remaining = self.latents.new_tensor([1 - timestep for timestep in self.next_timesteps])
        per_frame = remaining.repeat_interleave(self.latents.shape[2] // self.num_chunks)
        return self.latents + per_frame.view(1, 1, -1, 1, 1) * self.velocity
