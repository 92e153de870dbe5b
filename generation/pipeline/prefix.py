"""What a clip starts from: nothing, an image, or the seconds of another clip, as latents."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from generation.config import ChunkPolicy
from generation.contract.requests import FRAMES_PER_SECOND, ClipEnd, GenerationRequest
from generation.media.images import Reading, read_image
from generation.media.video import read_clip
from generation.pipeline.clip_warnings import ShortPrefixWarning
from generation.pipeline.sizes import FrameSize
from generation.sampling.window import released_num_chunks
from generation.vae.codec import FrameCodec

# The released command line keeps this many frames of a given clip.
REFERENCE_PREFIX_FRAMES = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class Prefix:
    """Clean latents at the start of the chunk axis, and how many chunks are generated after or upon them."""

    # (1, C, t, h, w), or None when the clip starts from text alone.
    latents: Tensor | None
    num_chunks: int
    warnings: tuple[ShortPrefixWarning, ...] = ()

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
    frames, warnings = _read_frames(request, size, policy)
    latents = None if frames is None else codec.encode(torch.from_numpy(frames))
    if policy is ChunkPolicy.SEAMLESS:
        return Prefix(latents=latents, num_chunks=request.seconds, warnings=warnings)
    prefix_frames = 0 if latents is None else int(latents.shape[2])
    asked = request.num_frames // codec.vae.config.patch_length
    return Prefix(latents=latents, num_chunks=released_num_chunks(asked, prefix_frames, chunk_latent_frames))


def _read_frames(
    request: GenerationRequest, size: FrameSize, policy: ChunkPolicy
) -> tuple[np.ndarray | None, tuple[ShortPrefixWarning, ...]]:
    if request.image_path:
        reading = Reading.AS_RELEASED if policy is ChunkPolicy.REFERENCE else Reading.AS_SHOWN
        picture = read_image(
            Path(request.image_path), size.model_width, size.model_height, request.fit, reading=reading
        )
        return picture[None], ()
    if not request.video_path:
        return None, ()
    if policy is ChunkPolicy.REFERENCE:
        # The released code always continues the beginning of a clip.
        return _read_clip(request, size, frames=REFERENCE_PREFIX_FRAMES, end=ClipEnd.FIRST), ()
    frames = _read_clip(request, size, frames=request.prefix_seconds * FRAMES_PER_SECOND, end=request.clip_end)
    whole_seconds = len(frames) // FRAMES_PER_SECOND
    if not whole_seconds:
        # Too little history for a chunk: the cut frame becomes the picture the clip starts from.
        return frames[-1:], (ShortPrefixWarning(frames=len(frames)),)
    return frames[-whole_seconds * FRAMES_PER_SECOND :], ()


def _read_clip(request: GenerationRequest, size: FrameSize, *, frames: int, end: ClipEnd) -> np.ndarray:
    path = Path(str(request.video_path))
    return read_clip(path, size.model_width, size.model_height, request.fit, frames=frames, end=end)
