"""An encoder that is given places looks at the same place a moment earlier and later."""

from dataclasses import replace

import pytest
import torch

from generation.errors import ConfigError
from generation.training.encoder_places import give_encoder_places, has_encoder_places
from generation.training.vae_initialisation import init_vae
from generation.vae.vae import VideoVAE
from tests.support.training import VAE, generator

CELLS = 64
LARGER = replace(VAE, video_size=64, video_length=16, depth=2, embed_dim=96, num_heads=3)
CLIPS = torch.rand(2, 3, 16, 64, 64, generator=generator(3)) * 2 - 1


def fresh():
    vae = VideoVAE(LARGER)
    init_vae(vae, generator())
    return vae


def with_places():
    vae = fresh()
    give_encoder_places(vae, CLIPS)
    return vae.requires_grad_(False)


def test_heads_look_at_the_moment_before_and_after():
    vae = with_places()
    trunk = vae.encoder.trunk
    tokens = vae.encoder.patch_embed(CLIPS[:1]).flatten(2).transpose(1, 2)
    tokens = torch.cat((trunk.class_token, tokens), dim=1) + trunk.positions
    attention = trunk.blocks[0].attention
    heads = attention.qkv(attention.pre_norm(tokens)).unflatten(-1, (3, attention.num_heads, -1))
    query, key, _ = heads.permute(2, 0, 3, 1, 4)
    weights = (query @ key.mT / query.shape[-1] ** 0.5).softmax(-1)[0, :, 1:, 1:]
    weights = weights.unflatten(2, (4, CELLS)).unflatten(1, (4, CELLS))

    for head, moment in ((0, -1), (1, 1)):
        for time in (1, 2):
            there = weights[head, time, :, time + moment]
            assert there.sum(dim=-1).min() > 0.9
            assert torch.equal(there.argmax(dim=-1), torch.arange(CELLS))


def test_what_stands_there_enters_the_token():
    vae = with_places()
    trunk = vae.encoder.trunk

    def after_first_block(video):
        tokens = vae.encoder.patch_embed(video).flatten(2).transpose(1, 2)
        tokens = torch.cat((trunk.class_token, tokens), dim=1) + trunk.positions
        return trunk.blocks[0](tokens)[0, 1:].view(4, 8, 8, -1)

    other = CLIPS[:1].clone()
    other[:, :, 4:8, 32:40, 32:40] *= -1
    change = (after_first_block(other) - after_first_block(CLIPS[:1])).square().mean(dim=-1).sqrt()

    for time in (0, 2):
        assert change[time].argmax() == 4 * 8 + 4
        assert change[time, 4, 4] > 5 * change[time, 0, 0]
    assert change[3].max() < 0.2 * change[2].max()


def test_the_decoder_is_left_alone_and_places_are_told():
    before, after = fresh(), with_places()

    assert not has_encoder_places(before)
    assert has_encoder_places(after)
    for name, weight in before.decoder.state_dict().items():
        assert torch.equal(weight, after.decoder.state_dict()[name])


@pytest.mark.parametrize("fields", [{"num_heads": 1}, {"embed_dim": 24, "num_heads": 2}, {"normalise_qkv": True}])
def test_an_encoder_without_room_is_refused(fields):
    with pytest.raises(ConfigError, match="to be given"):
        give_encoder_places(VideoVAE(replace(LARGER, **fields)), CLIPS)


def test_clips_of_another_size_are_refused():
    with pytest.raises(ConfigError, match="patches large"):
        give_encoder_places(fresh(), CLIPS[..., :32])
