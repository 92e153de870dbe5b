"""A decoder that is given places looks at the same place a moment earlier and later."""

from dataclasses import replace

import pytest
import torch

from generation.errors import ConfigError
from generation.training.decoder_places import give_places, has_places, waves_of
from generation.training.vae_initialisation import init_vae
from generation.vae.vae import VideoVAE
from tests.support.training import VAE, generator

GRID = (4, 8, 8)
CELLS = 64
LARGER = replace(VAE, video_size=64, depth=2, embed_dim=96, num_heads=3)


def decoder_with_places(config=LARGER, seed=0):
    vae = VideoVAE(config)
    init_vae(vae, generator(seed))
    # As after some training: most of a token is the same in all of them.
    with torch.no_grad():
        vae.decoder.from_latents.bias.normal_(0, 6, generator=generator(seed + 1))
    give_places(vae, seed=0)
    return vae.requires_grad_(False)


def looks(vae, number, latents):
    """How much every token looks at every other, ``(heads, t, cells, t, cells)``, without the class token."""
    trunk = vae.decoder.trunk
    tokens = vae.decoder.from_latents(latents.flatten(2).transpose(1, 2))
    tokens = torch.cat((trunk.class_token, tokens), dim=1) + trunk.positions
    for block in trunk.blocks[:number]:
        tokens = block(tokens)
    attention = trunk.blocks[number].attention
    heads = attention.qkv(attention.pre_norm(tokens)).unflatten(-1, (3, attention.num_heads, -1))
    query, key, _ = heads.permute(2, 0, 3, 1, 4)
    weights = (query @ key.mT / query.shape[-1] ** 0.5).softmax(-1)[0, :, 1:, 1:]
    return weights.unflatten(2, (4, CELLS)).unflatten(1, (4, CELLS))


def test_one_head_looks_at_the_moment_before_and_one_at_the_moment_after():
    weights = looks(decoder_with_places(), 0, torch.randn(1, 4, *GRID, generator=generator()))

    for head, moment in ((0, -1), (1, 1)):
        for time in (1, 2):
            there = weights[head, time, :, time + moment]
            assert there.sum(dim=-1).min() > 0.9
            # Most of all at the very same place.
            assert torch.equal(there.argmax(dim=-1), torch.arange(CELLS))


def test_what_stands_there_enters_the_token():
    vae = decoder_with_places()
    trunk = vae.decoder.trunk
    latents = torch.randn(1, 4, *GRID, generator=generator())
    other = latents.clone()
    other[:, :, 1, 4, 4] += 2

    def after_first_block(values):
        tokens = vae.decoder.from_latents(values.flatten(2).transpose(1, 2))
        tokens = torch.cat((trunk.class_token, tokens), dim=1) + trunk.positions
        return trunk.blocks[0](tokens)[0, 1:].view(*GRID, -1)

    change = (after_first_block(other) - after_first_block(latents)).square().mean(dim=-1).sqrt()

    for time in (0, 2):
        assert change[time].argmax() == 4 * 8 + 4
        assert change[time, 4, 4] > 10 * change[time, 0, 0]
    assert change[3].max() < 0.1 * change[2].max()


def test_waves_of_a_place_are_its_own():
    waves = waves_of(GRID).flatten(0, 2)

    assert waves.shape == (4 * CELLS, 16)
    likeness = waves @ waves.T
    assert torch.equal(likeness.argmax(dim=1), torch.arange(len(waves)))
    torch.testing.assert_close(likeness.diagonal(), torch.full((len(waves),), 8.0))


def test_the_encoder_is_left_alone_and_places_are_told():
    fresh = VideoVAE(LARGER)
    init_vae(fresh, generator())

    vae = decoder_with_places()

    assert not has_places(fresh)
    assert has_places(vae)
    for name, weight in fresh.encoder.state_dict().items():
        assert torch.equal(weight, vae.encoder.state_dict()[name])


@pytest.mark.parametrize(
    "fields", [{"num_heads": 1}, {"embed_dim": 32, "num_heads": 4}, {"latent_channels": 16, "embed_dim": 64}]
)
def test_a_decoder_without_room_is_refused(fields):
    vae = VideoVAE(replace(VAE, **fields))

    with pytest.raises(ConfigError, match="to be given places"):
        give_places(vae, seed=0)
