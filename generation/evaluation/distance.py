"""How far a model's seconds are from what really happened: what student and teacher are compared by.

Clips that no training has seen are begun again from their first frame and their caption, twice, with other noise. All
models get the same noise. Two figures, in deviations of a latent, over the frames that the model made:

- The **distance** is the root of the mean squared difference from the truth. It rewards a mean of everything that might
  happen: who says nothing certain is never far.
- The **energy score** is the distance less half of the distance between the two, the estimate from two draws of the
  score of Gneiting and Raftery (2007, section 4.2). Only draws from the truth's own distribution make it least.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from generation.contract.requests import GenerationRequest
from generation.evaluation.clips import NO_CONTROLS
from generation.pipeline.pipeline import VideoPipeline
from generation.training.corpus.config import CorpusConfig
from generation.training.corpus.procedural import ProceduralCorpus
from generation.training.latent_writer import encode_clips
from generation.training.vae_trainer import HELD_OUT

_DRAWS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipDistance:
    """One clip."""

    # Mean of the draws.
    distance: float
    # Between them.
    spread: float

    @property
    def score(self) -> float:
        """The energy score."""
        return self.distance - self.spread / 2


def distance_to_truth(pipeline: VideoPipeline, corpus: CorpusConfig, *, clips: int) -> tuple[ClipDistance, ...]:
    """Measure clip by clip.

    Args:
        pipeline: To judge.
        corpus: What clips are made of; at the encoder's size, one second.
        clips: How many, at least 1.
    """
    batch = ProceduralCorpus(replace(corpus, sprite_counts=(1, 0, 0, 0))).batch(range(HELD_OUT, HELD_OUT + clips))
    scale = pipeline.codec.vae.config.latent_scale
    latents, stills = (part.float() * scale for part in encode_clips(pipeline.codec.vae, batch.frames))
    found = []
    for index, caption in enumerate(batch.captions):
        request = GenerationRequest(
            prompts=(caption,), seconds=1, width=corpus.width, height=corpus.height, controls=NO_CONTROLS
        )
        still, truth = stills[index : index + 1], latents[index : index + 1, :, 1:]
        # Numbers of clips are the seeds of the first draws.
        draws = [_drawn(pipeline, request, still, seed=index + draw * clips) for draw in range(_DRAWS)]
        found.append(distance_of(draws, truth))
    return tuple(found)


def distance_of(draws: Sequence[Tensor], truth: Tensor) -> ClipDistance:
    """Compare two draws with what happened, and with each other.

    Args:
        draws: Two, of the truth's shape.
        truth: Latents, scaled.
    """
    one, other = draws
    return ClipDistance(
        distance=(root_mean_square(one, truth) + root_mean_square(other, truth)) / 2,
        spread=root_mean_square(one, other),
    )


def _drawn(pipeline: VideoPipeline, request: GenerationRequest, still: Tensor, *, seed: int) -> Tensor:
    """The second that follows a picture, without the picture's own latent frame."""
    sampler = pipeline.sampler_for(pipeline.prompts.embed(request, num_chunks=1).texts)
    state = sampler.start(
        num_chunks=1, latent_height=still.shape[3], latent_width=still.shape[4], seed=seed, prefix=still
    )
    (chunk,) = sampler.run(state)
    return chunk.latents[:, :, 1:]


def root_mean_square(one: Tensor, other: Tensor) -> float:
    """Root of the mean squared difference."""
    return math.sqrt(float(torch.mean((one - other).square())))
