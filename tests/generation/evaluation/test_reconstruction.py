"""PSNR, and the way through the autoencoder."""

import numpy as np
import pytest
import torch

from generation.config import ChunkPolicy
from generation.evaluation.reconstruction import enlarged_half, psnr, reconstruct_still
from generation.vae.codec import FrameCodec
from tests.support.vaes import tiny_vae


def test_psnr_is_that_of_the_books():
    black = np.zeros((4, 4, 3), np.uint8)

    assert psnr(black, black) == pytest.approx(100)
    assert psnr(black, black + 255) == pytest.approx(0)
    assert psnr(black, black + 16) == pytest.approx(20 * np.log10(255 / 16))


def test_stills_keep_their_shape():
    codec = FrameCodec(tiny_vae(0), ChunkPolicy.SEAMLESS)
    picture = torch.randint(256, (16, 24, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(0)).numpy()

    assert reconstruct_still(codec, picture, chunk_latent_frames=6).shape == picture.shape


def test_a_half_that_is_enlarged_keeps_what_is_smooth_and_loses_what_is_fine():
    rows, columns = np.mgrid[0:32, 0:48]
    smooth = np.stack([rows * 4, columns * 4, rows + columns], axis=-1).astype(np.uint8)
    fine = np.repeat(((rows + columns) % 2 * 255).astype(np.uint8)[..., None], 3, axis=-1)

    assert enlarged_half(smooth).shape == smooth.shape
    # A ramp is bicubic's own: what is left is rounding, 48 dB being one level everywhere. A chessboard's mean is grey,
    # to a level or two of the same. Borders have no neighbours to be interpolated from.
    assert psnr(enlarged_half(smooth)[4:-4, 4:-4], smooth[4:-4, 4:-4]) > 48
    assert np.abs(enlarged_half(fine)[4:-4, 4:-4].astype(int) - 127).max() <= 2
    assert np.array_equal(enlarged_half(np.full((8, 8, 3), 200, np.uint8)), np.full((8, 8, 3), 200, np.uint8))
