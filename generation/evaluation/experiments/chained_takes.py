"""Clips longer than a take: each take continues the one before from its stored latents, as on the canvas.

There, a worker reads the last chunks of the take before, as many as any model's attention reaches, and never its
pixels. A test holds this against that worker, byte for byte.
"""

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from generation.contract.requests import GenerationRequest
from generation.pipeline.clip import Clip, DecodedChunk
from generation.pipeline.pipeline import VideoPipeline
from generation.pipeline.sizes import FrameSize

MOST_PREFIX_CHUNKS = 4


def chained_takes(pipeline: VideoPipeline, request: GenerationRequest, *, takes: int) -> Iterator[DecodedChunk]:
    """Make takes one after the other, second by second.

    Args:
        pipeline: The model.
        request: The first take; each further one has its words and length, and the next seed.
        takes: How many, at least 1.
    """
    kept: list[Tensor] = []
    for number in range(takes):
        take = replace(request, seed=request.seed + number)
        for chunk in pipeline.start(take) if not kept else _continued(pipeline, take, torch.cat(kept, dim=2)):
            kept = [*kept, chunk.latents][-MOST_PREFIX_CHUNKS:]
            yield replace(chunk, index=number * request.seconds + chunk.index)


def _continued(pipeline: VideoPipeline, request: GenerationRequest, prefix: Tensor) -> Clip:
    texts = pipeline.prompts.embed(request, num_chunks=request.seconds).texts
    sampler = pipeline.sampler_for(texts)
    size = FrameSize.of(request.width, request.height, multiple=pipeline.size_multiple)
    rows, columns = pipeline.latent_size(size)
    state = sampler.start(
        num_chunks=request.seconds, latent_height=rows, latent_width=columns, seed=request.seed, prefix=prefix
    )
    return Clip(
        sampler=sampler,
        codec=pipeline.codec,
        texts=texts,
        state=state,
        context=prefix[:, :, -pipeline.dit.config.chunk_latent_frames :],
        size=size,
    )
