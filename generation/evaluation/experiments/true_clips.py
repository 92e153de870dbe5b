"""Clips whose going on is known, and the model's own try at it: what spans and prefixes are compared by.

The clips are procedural, of one camera move each, and no training has seen them. A model is given their beginning as
true latents, or one frame as a picture, and makes the second that follows.
"""

from collections.abc import Iterator
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


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class TrueClip:
    """A clip as it happened."""

    caption: str
    # (T, H, W, 3) uint8, whole seconds, at the encoder's size.
    frames: Tensor
    # (1, C, t, h, w) float32, scaled for the transformer.
    latents: Tensor


def true_clips(pipeline: VideoPipeline, corpus: CorpusConfig, *, clips: int) -> Iterator[TrueClip]:
    """Paint and encode clips of one unchanging camera move, one after the other.

    Args:
        pipeline: Whose encoder.
        corpus: Size, at the encoder's, and length, in whole seconds.
        clips: How many.
    """
    painted = ProceduralCorpus(replace(corpus, sprite_counts=(1, 0, 0, 0), change_share=0))
    for number in range(HELD_OUT, HELD_OUT + clips):
        batch = painted.batch(range(number, number + 1))
        latents, _ = encoded(pipeline, batch.frames[0])
        yield TrueClip(caption=batch.captions[0], frames=batch.frames[0], latents=latents)


def encoded(pipeline: VideoPipeline, frames: Tensor) -> tuple[Tensor, Tensor]:
    """Latents of frames at the encoder's size, and of their first frame as a picture; both as the transformer reads.

    Args:
        pipeline: Whose encoder.
        frames: ``(T, H, W, 3)`` uint8, whole seconds.

    Returns:
        ``(1, C, t, h, w)`` and ``(1, C, 1, h, w)`` float32.
    """
    frames_of_chunk = pipeline.dit.config.chunk_latent_frames
    latents, stills = encode_clips(pipeline.codec.vae, frames[None], chunk_latent_frames=frames_of_chunk)
    scale = pipeline.codec.vae.config.latent_scale
    return latents.float() * scale, stills[:, :, :1].float() * scale


def second_after(pipeline: VideoPipeline, prefix: Tensor, *, prompt: str, seed: int) -> Tensor:
    """The second that a model makes of a beginning.

    Args:
        pipeline: The model and its settings.
        prefix: ``(1, C, t, h, w)``: whole chunks, which the second follows, or one latent frame, with which it begins.
        prompt: What it is told.
        seed: Of the noise.

    Returns:
        ``(1, C, t, h, w)`` of one chunk.
    """
    cell = pipeline.codec.vae.config.pixels_per_cell
    request = GenerationRequest(
        prompts=(prompt,),
        seconds=1,
        height=prefix.shape[3] * cell,
        width=prefix.shape[4] * cell,
        controls=NO_CONTROLS,
    )
    sampler = pipeline.sampler_for(pipeline.prompts.embed(request, num_chunks=1).texts)
    state = sampler.start(
        num_chunks=1, latent_height=prefix.shape[3], latent_width=prefix.shape[4], seed=seed, prefix=prefix
    )
    (chunk,) = sampler.run(state)
    return chunk.latents


def shown(pipeline: VideoPipeline, second: Tensor, *, before: Tensor | None) -> Tensor:
    """Frames of a second, ``(24, H, W, 3)`` uint8 at the decoder's size.

    Args:
        pipeline: Whose decoder.
        second: Its latents.
        before: Those right before it, if there are any.
    """
    with torch.inference_mode():
        return pipeline.codec.decode_chunk(second, before)
