"""How strongly a second follows its past: context guidance against jumps at joints, colour and motion.

Claim: more of it lowers the jumps, too much saturates with playback time, and letting go of it once a chunk has taken
shape spares the colours (arXiv:2505.13211, section 2.4). It takes three passes: without past, with it, and with words.
A distilled model has its words' guidance in the weights, so words are not guided again; its velocities without past
and words are what its teacher's training left there, and nobody has taught them since.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generation.config import SamplingConfig
from generation.contract.requests import FRAMES_PER_SECOND, GenerationRequest
from generation.evaluation.clips import make_clip
from generation.evaluation.continuity import measure_continuity
from generation.pipeline.pipeline import VideoPipeline


@dataclass(frozen=True, kw_only=True, slots=True)
class GuidanceSetting:
    """One way to guide."""

    # 1 is no guidance.
    context: float
    # Also of chunks that are nearly clean; otherwise released where the preset releases its guidance.
    to_the_end: bool = False

    def __str__(self) -> str:
        """For tables."""
        return f"{self.context:g}" + (" to the end" if self.to_the_end else "")


@dataclass(frozen=True, kw_only=True, slots=True)
class GuidanceTrial:
    """One clip of one setting."""

    prompt: str
    setting: GuidanceSetting
    jump_ratio: float
    # By second: mean of the largest less the smallest channel, in levels of 255.
    saturations: tuple[float, ...]
    # By second: mean change between neighbouring frames, in levels of 255.
    motions: tuple[float, ...]

    @property
    def saturation_growth(self) -> float:
        """Of the last second, over that of the first, which no past guides."""
        return self.saturations[-1] / max(self.saturations[0], 1e-6)

    @property
    def later_motion(self) -> float:
        """Mean of the seconds after the first."""
        return float(np.mean(self.motions[1:]))


def guided(sampling: SamplingConfig, setting: GuidanceSetting, *, distilled: bool) -> SamplingConfig:
    """Three passes under a setting.

    Args:
        sampling: As the model is served.
        setting: The past's guidance.
        distilled: Whether the words' guidance is in the weights.
    """
    released = [timestep >= sampling.near_clean_threshold for timestep in sampling.guidance_timesteps]
    context = tuple(1.0 if gone and not setting.to_the_end else setting.context for gone in released)
    text = (1.0,) * len(released) if distilled else sampling.text_guidance
    return replace(sampling, guidance_passes=3, context_guidance=context, text_guidance=text)


def try_guidance(
    pipeline: VideoPipeline, requests: Sequence[GenerationRequest], settings: Sequence[GuidanceSetting]
) -> Iterator[GuidanceTrial]:
    """Make every clip under every setting, with the same noise.

    Args:
        pipeline: To judge.
        requests: Clips of one prompt and at least 2 seconds.
        settings: To compare.
    """
    distilled = pipeline.dit.config.distilled
    for request in requests:
        for setting in settings:
            sampling = guided(pipeline.sampling, setting, distilled=distilled)
            yield _measured(make_clip(replace(pipeline, sampling=sampling), request), request.prompts[0], setting)


def _measured(frames: NDArray[np.uint8], prompt: str, setting: GuidanceSetting) -> GuidanceTrial:
    seconds = frames.reshape(-1, FRAMES_PER_SECOND, *frames.shape[1:])
    return GuidanceTrial(
        prompt=prompt,
        setting=setting,
        jump_ratio=measure_continuity(frames).jump_ratio,
        saturations=tuple(saturation(second) for second in seconds),
        motions=tuple(motion(second) for second in seconds),
    )


def saturation(frames: NDArray[np.uint8]) -> float:
    """Mean of the largest less the smallest channel, in levels of 255; grey has none."""
    return float((frames.max(axis=-1) - frames.min(axis=-1)).mean())


def motion(frames: NDArray[np.uint8]) -> float:
    """Mean change between neighbouring frames, in levels of 255."""
    return float(np.abs(np.diff(frames.astype(np.int16), axis=0)).mean())
