"""Continuing a clip against starting from its last frame: does a second of motion tell more than a picture?

The same clips, words and noise, and the same frames that really followed. Claim: yes, because a picture does not say
how fast things move (arXiv:2505.13211, table of Physics-IQ: video prefixes against images).
"""

import re
from dataclasses import dataclass
from enum import StrEnum

import torch
from torch import Tensor

from generation.contract.requests import FRAMES_PER_SECOND
from generation.evaluation.distance import ClipDistance, distance_of
from generation.evaluation.experiments.true_clips import TrueClip, encoded, second_after, shown, true_clips
from generation.pipeline.pipeline import VideoPipeline
from generation.training.corpus.config import CorpusConfig
from generation.vae.pixels import bytes_to_video, shrink_video

_SPEED = re.compile(r"\b(slow|fast) ")


class Prefix(StrEnum):
    """What a second starts from."""

    SECOND = "second"
    PICTURE = "picture"


@dataclass(frozen=True, kw_only=True, slots=True)
class PrefixTrial:
    """One clip, gone on from in one way."""

    clip: int
    caption: str
    # What the model was told: the caption, or less.
    prompt: str
    prefix: Prefix
    # In deviations of a latent, over the five latent frames that both make: their first four frames apart.
    distance: ClipDistance
    # Levels of 255, root of the mean square over the 23 frames that both show; mean of the draws.
    pixels: float
    # The same if the last frame stayed.
    still_pixels: float
    # The same of the true latents through the decoder.
    decoded_pixels: float


def try_prefixes(pipeline: VideoPipeline, corpus: CorpusConfig, *, clips: int) -> tuple[PrefixTrial, ...]:
    """Go on from the first second of clips in both ways, with and without words for the speed, twice each.

    Args:
        pipeline: To judge.
        corpus: Of two seconds.
        clips: How many.
    """
    trials: list[PrefixTrial] = []
    for number, clip in enumerate(true_clips(pipeline, corpus, clips=clips)):
        for prefix in Prefix:
            # The same words twice would be the same second twice.
            prompts = dict.fromkeys((clip.caption, without_speed(clip.caption)))
            trials.extend(_trial(pipeline, clip, prefix, told, number=number, clips=clips) for told in prompts)
    return tuple(trials)


def without_speed(caption: str) -> str:
    """A caption that leaves the speed to be seen: "fast pan left" is "pan left"."""
    return _SPEED.sub("", caption)


def _trial(
    pipeline: VideoPipeline, clip: TrueClip, prefix: Prefix, prompt: str, *, number: int, clips: int
) -> PrefixTrial:
    chunk, cut = pipeline.dit.config.chunk_latent_frames, FRAMES_PER_SECOND
    first, second = clip.latents[:, :, :chunk], clip.latents[:, :, chunk : 2 * chunk]
    # A picture stands for the first frame of its second, so that second begins one frame earlier.
    shifted, picture = encoded(pipeline, clip.frames[cut - 1 : 2 * cut - 1])
    given, truth = (first, second) if prefix is Prefix.SECOND else (picture, shifted)
    draws = [second_after(pipeline, given, prompt=prompt, seed=number + draw * clips) for draw in range(2)]
    happened = clip.frames[cut : 2 * cut - 1]

    def frames_of(latents: Tensor) -> Tensor:
        """Those frames, at the encoder's size, ``(23, H, W, 3)`` uint8."""
        if prefix is Prefix.SECOND:
            return _at_encoder_size(pipeline, shown(pipeline, latents, before=first)[:-1])
        return _at_encoder_size(pipeline, shown(pipeline, latents, before=None)[1:])

    return PrefixTrial(
        clip=number,
        caption=clip.caption,
        prompt=prompt,
        prefix=prefix,
        distance=distance_of([draw[:, :, 1:] for draw in draws], truth[:, :, 1:]),
        pixels=sum(_levels_apart(frames_of(draw), happened) for draw in draws) / len(draws),
        still_pixels=_levels_apart(clip.frames[cut - 1].expand_as(happened), happened),
        decoded_pixels=_levels_apart(frames_of(truth), happened),
    )


def _at_encoder_size(pipeline: VideoPipeline, frames: Tensor) -> Tensor:
    video = shrink_video(bytes_to_video(frames, torch.float32), pipeline.codec.vae.config.decoder_scale)
    return ((video[0].permute(1, 2, 3, 0) + 1) * 127.5).round().to(torch.uint8)


def _levels_apart(one: Tensor, other: Tensor) -> float:
    return float((one.float() - other.float()).square().mean().sqrt())
