"""What a take starts from, as latents: nothing, a picture, stored latents up to a cut, or frames encoded again.

A prefix is whole chunks counted back from the cut. Stored latents serve where the cut falls between two of them (every
4 frames); elsewhere the last whole seconds before the cut are encoded again, and with less than one second of history
the cut frame is a picture to start from.
"""

import torch
from torch import Tensor

from generation.artifacts import ArtifactStore
from generation.contract.messages import CutLatents, CutVideo, TakeSpec
from generation.contract.requests import FRAMES_PER_SECOND, ClipEnd, Fit
from generation.errors import RequestError
from generation.media.images import read_image
from generation.media.video import read_clip
from generation.pipeline.pipeline import VideoPipeline
from generation.pipeline.sizes import FrameSize
from generation.serving.latents_file import read_latents

# No released attention span looks further back than this many clean chunks.
MOST_PREFIX_CHUNKS = 4


def prefix_latents(pipeline: VideoPipeline, store: ArtifactStore, spec: TakeSpec, size: FrameSize) -> Tensor | None:
    """The clean latents that a take starts from.

    Args:
        pipeline: Encodes pictures and frames.
        store: Where they lie.
        spec: Names at most one origin.
        size: Of the take.

    Returns:
        ``(1, C, t, h, w)``: 1 latent frame of a picture, or whole chunks; None for text alone.

    Raises:
        RequestError: If the origin is of another size, or there is more than one.
        MediaError: If a picture or fragment cannot be read.
        StorageError: If an artifact is missing.
    """
    origins = [origin for origin in (spec.image_key, spec.video, spec.latents) if origin]
    if len(origins) > 1:
        raise RequestError("a take starts from one thing, got several; leave all but one out")
    if spec.image_key:
        source = store.get(spec.image_key)
        picture = read_image(source, size.model_width, size.model_height, Fit.CROP)
        return pipeline.codec.encode(torch.from_numpy(picture[None]))
    if spec.video:
        return pipeline.codec.encode(_last_frames(store, spec.video, size))
    if spec.latents:
        return _last_chunks(pipeline, store, spec.latents, size)
    return None


def _last_frames(store: ArtifactStore, cut: CutVideo, size: FrameSize) -> Tensor:
    """The last whole seconds before the cut, or the cut frame; ``(T, H, W, 3)`` uint8."""
    movie = b"".join([store.get(cut.init_key), *map(store.get, cut.fragment_keys)])
    frames = read_clip(movie, size.model_width, size.model_height, Fit.STRETCH, frames=cut.frames, end=ClipEnd.FIRST)
    seconds = min(len(frames) // FRAMES_PER_SECOND, MOST_PREFIX_CHUNKS)
    return torch.from_numpy(frames[-seconds * FRAMES_PER_SECOND :] if seconds else frames[-1:])


def _last_chunks(pipeline: VideoPipeline, store: ArtifactStore, cut: CutLatents, size: FrameSize) -> Tensor:
    frames = pipeline.dit.config.chunk_latent_frames
    stored = torch.cat([read_latents(store, key) for key in cut.chunk_keys], dim=2)
    expected = pipeline.latent_size(size)
    if tuple(stored.shape[3:]) != expected:
        raise RequestError(
            f"a continuation must have the size of the clip before it, got latents of {tuple(stored.shape[3:])} "
            f"for {expected}; ask for the same width and height"
        )
    if not frames <= cut.latent_frames <= stored.shape[2]:
        raise RequestError(
            f"a cut must lie {frames}..{stored.shape[2]} latent frames into the stored ones, got {cut.latent_frames}"
        )
    chunks = min(cut.latent_frames // frames, MOST_PREFIX_CHUNKS)
    return stored[:, :, cut.latent_frames - chunks * frames : cut.latent_frames].contiguous()
