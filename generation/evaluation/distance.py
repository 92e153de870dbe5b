"""How far a model's seconds are from what really happened: what student and teacher are compared by.

Clips that no training has seen are begun again from their first frame and their caption. The distance is the root of
the mean squared difference of latents, over the frames that the model made; both models get the same noise.
"""

import math
from dataclasses import replace

import torch

from generation.contract.requests import GenerationRequest
from generation.evaluation.clips import NO_CONTROLS
from generation.pipeline.pipeline import VideoPipeline
from generation.training.corpus.config import CorpusConfig
from generation.training.corpus.procedural import ProceduralCorpus
from generation.training.latent_writer import encode_clips
from generation.training.vae_trainer import HELD_OUT


def distance_to_truth(pipeline: VideoPipeline, corpus: CorpusConfig, *, clips: int) -> tuple[float, ...]:
    """One distance per clip, in deviations of a latent.

    Args:
        pipeline: To judge.
        corpus: What clips are made of; at the encoder's size, one second.
        clips: How many, at least 1.
    """
    batch = ProceduralCorpus(replace(corpus, sprite_counts=(1, 0, 0, 0))).batch(range(HELD_OUT, HELD_OUT + clips))
    scale, length = pipeline.codec.vae.config.latent_scale, pipeline.dit.config.chunk_latent_frames
    latents, stills = (part.float() * scale for part in encode_clips(pipeline.codec.vae, batch.frames))
    distances = []
    for index, caption in enumerate(batch.captions):
        request = GenerationRequest(
            prompts=(caption,), seconds=1, width=corpus.width, height=corpus.height, controls=NO_CONTROLS
        )
        sampler = pipeline.sampler_for(pipeline.prompts.embed(request, num_chunks=1).texts)
        state = sampler.start(
            num_chunks=1,
            latent_height=latents.shape[3],
            latent_width=latents.shape[4],
            seed=index,
            prefix=stills[index : index + 1],
        )
        (chunk,) = sampler.run(state)
        error = chunk.latents[0, :, 1:length] - latents[index, :, 1:length]
        distances.append(math.sqrt(float(torch.mean(error.square()))))
    return tuple(distances)
