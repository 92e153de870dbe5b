"""Latents to patches and back."""

import torch

from generation.model.patchify import patchify, unpatchify


def test_patches_are_ordered_as_a_convolution_reads_them():
    latents = torch.randn(2, 3, 4, 6, 8, generator=torch.Generator().manual_seed(0))
    weight = torch.randn(5, 3, 1, 2, 2, generator=torch.Generator().manual_seed(1))

    tokens = patchify(latents, 2) @ weight.flatten(1).T

    expected = torch.nn.functional.conv3d(latents, weight, stride=(1, 2, 2))
    torch.testing.assert_close(tokens.transpose(1, 2).reshape(expected.shape), expected, rtol=1e-4, atol=1e-5)


def test_unpatchify_undoes_patchify_with_channels_last():
    latents = torch.arange(2 * 3 * 4 * 6 * 8).view(2, 3, 4, 6, 8)
    tokens = patchify(latents, 2)

    channels_last = tokens.view(*tokens.shape[:2], 3, 4).transpose(2, 3).flatten(2)

    assert torch.equal(unpatchify(channels_last, 2, (4, 3, 4)), latents)
