"""What a clip starts from: nothing, an image, or the seconds of another clip, as latents."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from generation.config import ChunkPolicy
from generation.contract import FRAMES_PER_SECOND, ClipEnd, GenerationRequest
from generation.media.images import Reading, read_image
from generation.media.video import read_clip
from generation.pipeline.sizes import FrameSize
from generation.vae.codec import FrameCodec

# The released command line keeps this many frames of a given clip.
REFERENCE_PREFIX_FRAMES = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class Prefix:
    """Clean latents at the start of the chunk axis, and how many chunks are generated after or upon them."""

    # (1, C, t, h, w), or None when the clip starts from text alone.
    latents: Tensor | None
    num_chunks: int

    def context(self, chunk_latent_frames: int) -> Tensor | None:
        """The latents shown right before the first generated chunk; None if it is the first of the axis."""
        if self.latents is None:
            return None
        whole = self.latents.shape[2] // chunk_latent_frames * chunk_latent_frames
        return self.latents[:, :, :whole] if whole else None


def plan_prefix(
    request: GenerationRequest, size: FrameSize, codec: FrameCodec, *, policy: ChunkPolicy, chunk_latent_frames: int
) -> Prefix:
    """Read and encode what the request starts from.

    A take of n seconds is n chunks (seamless policy): an image is the first latent of the first one, a clip is whole
    chunks before them, counted back from the cut. A clip shorter than one chunk is continued from its cut frame.

    Raises:
        MediaError: If the image or clip cannot be read.

    Source:
        Spec dit §5 and vae §3.5 for the reference counts.
    """
    frames = _read_frames(request, size, policy)
    latents = None if frames is None else codec.encode(torch.from_numpy(frames))
    prefix_frames = 0 if latents is None else int(latents.shape[2])
    if policy is ChunkPolicy.SEAMLESS:
        return Prefix(latents=latents, num_chunks=request.seconds)
    asked = request.num_frames // codec.vae.config.patch_length + prefix_frames
    whole_chunks = prefix_frames // chunk_latent_frames
    return Prefix(latents=latents, num_chunks=-(-asked // chunk_latent_frames) - whole_chunks)


def _read_frames(request: GenerationRequest, size: FrameSize, policy: ChunkPolicy) -> np.ndarray | None:
    width, height = size.model_width, size.model_height
    reference = policy is ChunkPolicy.REFERENCE
    if request.image_path:
        reading = Reading.AS_RELEASED if reference else Reading.AS_SHOWN
        return read_image(Path(request.image_path), width, height, request.fit, reading=reading)[None]
    if not request.video_path:
        return None
    wanted = REFERENCE_PREFIX_FRAMES if reference else request.prefix_seconds * FRAMES_PER_SECOND
    # The released code always continues the beginning of a clip.
    end = ClipEnd.FIRST if reference else request.clip_end
    frames = read_clip(Path(request.video_path), width, height, request.fit, frames=wanted, end=end)
    if reference:
        return frames
    if len(frames) < FRAMES_PER_SECOND:
        # Too little history for a chunk: the cut frame becomes the picture the clip starts from.
        return frames[-1:]
    whole_seconds = len(frames) // FRAMES_PER_SECOND
    return frames[-whole_seconds * FRAMES_PER_SECOND :]
