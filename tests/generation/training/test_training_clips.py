"""One step's clips."""

import pytest
import torch

from generation.errors import ConfigError
from generation.training.captioned_dit import captions_of_chunks
from generation.training.clip_plan import TaskMix, plan_clips
from generation.training.runs.team import ALONE, Team
from generation.training.timestep_density import TimestepDensity
from generation.training.training_clips import (
    CacheShare,
    check_caches,
    draw_clips,
    make_noisy,
    pack_captions,
    pick_cache,
)
from tests.support.training import DIT, cache_in, generator, tiny_model

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return cache_in(tmp_path_factory.mktemp("cache"))


def made(cache, *, team=ALONE, mix=None):
    batch = draw_clips(cache, 4, 7, 1, latent_scale=2.0)
    mix = mix or TaskMix(image_share=1, continuation_share=0)
    plan = plan_clips(4, 2, mix, TimestepDensity(), generator(1))
    captions = captions_of_chunks(batch.words, 2, mix, generator(2))
    return batch, make_noisy(batch, plan, captions, CPU, team, noise_seed=(1, 7))


def test_caches_are_picked_by_their_shares():
    shares = (CacheShare(cache="small", batch=4, share=3), CacheShare(cache="large", batch=2))

    picks = [pick_cache(shares, 1, step).cache for step in range(1000)]

    assert picks.count("small") / 1000 == pytest.approx(0.75, abs=0.04)
    assert picks == [pick_cache(shares, 1, step).cache for step in range(1000)]


def test_processes_see_parts_of_the_same_batch(cache):
    _, whole = made(cache)
    parts = [made(cache, team=Team(rank=rank, size=2))[1] for rank in range(2)]

    for name in ("latents", "target", "counted"):
        joined = torch.cat([getattr(part.noisy, name) for part in parts])
        assert torch.equal(joined, getattr(whole.noisy, name))
    assert torch.equal(torch.cat([part.plan.timesteps for part in parts]), whole.plan.timesteps)
    assert parts[0].captions + parts[1].captions == whole.captions


def test_batch_that_cannot_be_shared_out_is_refused(cache):
    with pytest.raises(ConfigError, match="multiples of the 3"):
        made(cache, team=Team(rank=0, size=3))


def test_clips_from_images_begin_with_the_picture(cache):
    batch, clips = made(cache)

    assert torch.equal(clips.noisy.latents[:, :, :1], batch.stills)
    assert not clips.noisy.counted[:, 0, 0].any()


def test_latents_are_scaled(cache):
    plain = cache.batch([0], latent_scale=1.0)
    doubled = cache.batch([0], latent_scale=2.0)

    assert torch.equal(doubled.latents, 2 * plain.latents)
    assert torch.equal(doubled.stills, 2 * plain.stills)


def test_text_is_null_where_nothing_is_told(cache):
    model = tiny_model()
    _, clips = made(cache, mix=TaskMix(image_share=0, continuation_share=1))

    told = pack_captions(model, clips, told_nothing=False)
    nothing = pack_captions(model, clips, told_nothing=True)

    assert nothing.lengths == (2,) * 8
    assert told.lengths[::2] == (2,) * 4
    assert all(length > 2 for length in told.lengths[1::2])


def test_caches_that_do_not_fit_are_named(cache):
    shares = (CacheShare(cache="small", batch=2),)

    check_caches(shares, {"small": cache}, DIT)
    with pytest.raises(ConfigError, match="no cache 'small'"):
        check_caches(shares, {"other": cache}, DIT)
    with pytest.raises(ConfigError, match="channels"):
        check_caches(shares, {"small": cache}, tiny_model(latent_channels=8).config)
    with pytest.raises(ConfigError, match="multiples of 4"):
        check_caches(shares, {"small": cache}, tiny_model(patch_size=4).config)


def test_caches_of_two_autoencoders_are_refused(cache, tmp_path):
    import json

    other = cache_in(tmp_path)
    path = tmp_path / "cache.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "vae": "0" * 64}))
    from generation.training.latent_cache import LatentCache

    shares = (CacheShare(cache="small", batch=2), CacheShare(cache="large", batch=2))
    with pytest.raises(ConfigError, match="same autoencoder"):
        check_caches(shares, {"small": cache, "large": LatentCache(tmp_path)}, DIT)
    assert len(other) == len(cache)


@pytest.mark.parametrize("fields", [{"batch": 0}, {"batch": 1, "share": 0}])
def test_shares_must_be_positive(fields):
    with pytest.raises(ConfigError, match="positive"):
        CacheShare(cache="small", **fields)
