"""How much of a picture the autoencoder keeps."""

import numpy as np
import torch
from numpy.typing import NDArray

from generation.vae.codec import FrameCodec


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
