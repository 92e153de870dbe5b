"""PSNR, and the way through the autoencoder."""

import numpy as np
import pytest
import torch

from generation.config import ChunkPolicy
from generation.evaluation.reconstruction import psnr, reconstruct_still
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
