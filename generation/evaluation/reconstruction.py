"""How much of a picture the autoencoder keeps."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from generation.vae.codec import FrameCodec
from generation.vae.pixels import bytes_to_video, round_to_bytes, shrink_video


def psnr(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """Peak signal-to-noise ratio in dB of two pictures or clips of one size; at most 100."""
    error = np.square(first.astype(np.float64) - second.astype(np.float64)).mean()
    return float(10 * np.log10(255**2 / max(error, 255**2 / 1e10)))


def reconstruct_still(codec: FrameCodec, picture: NDArray[np.uint8], *, chunk_latent_frames: int) -> NDArray[np.uint8]:
    """A picture as the first frame of a second in which nothing moves, as people see it.

    Args:
        codec: Of the model.
        picture: ``(H, W, 3)`` uint8, whole cells.
        chunk_latent_frames: Of a second.
    """
    latents = codec.encode(torch.from_numpy(picture)[None])
    frames: NDArray[np.uint8] = codec.decode_chunk(latents.expand(-1, -1, chunk_latent_frames, -1, -1)).numpy()
    first: NDArray[np.uint8] = frames[0]
    return first


def enlarged_half(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture halved and enlarged again, both by bicubic interpolation.

    Of what a decoder draws, this is what the best decoder of half its size could be enlarged to: whichever draws the
    mean of all that latents may stand for, draws at half the size that mean halved.

    Args:
        picture: ``(H, W, 3)`` uint8, sides even.
    """
    half = shrink_video(bytes_to_video(torch.from_numpy(picture)[None], torch.float32), 2)[:, :, 0]
    enlarged = F.interpolate(half, scale_factor=2, mode="bicubic", align_corners=False)
    pixels: NDArray[np.uint8] = round_to_bytes(enlarged[0]).permute(1, 2, 0).numpy()
    return pixels
