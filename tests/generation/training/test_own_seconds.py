"""Seconds that a model makes of cached clips."""

import pytest
import torch

from generation.config import SamplingConfig
from generation.errors import RequestError, WeightsError
from generation.sampling.conditioning import ChunkTexts
from generation.sampling.sampler import Sampler
from generation.training.clip_plan import TaskMix, plan_clips
from generation.training.latent_cache import LatentCache, own_file, shard_files
from generation.training.own_seconds import write_own_seconds
from generation.training.served_model import ServedModel
from generation.training.timestep_density import TimestepDensity
from generation.training.training_clips import with_own_seconds
from tests.support.training import cache_in, generator, tiny_model

SAMPLING = SamplingConfig(num_steps=2, window_size=1, guidance_passes=3, attention_span_by_stage=(2,))


def make(folder, *, model=None, should_stop=lambda: False):
    maker = ServedModel(model=model or tiny_model(), sampling=SAMPLING, latent_scale=1.5)
    return write_own_seconds(folder, maker, should_stop=should_stop)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("long")
    cache_in(path, frames=72, count=3)
    assert make(path) == 2
    return path


@pytest.fixture
def copy(folder, tmp_path):
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def test_they_are_what_the_sampler_makes_of_the_true_second_before(folder):
    cache, model = LatentCache(folder), tiny_model()

    batch = cache.batch([4], starts=[1], seconds=2, latent_scale=1.5)

    before = cache.batch([4], starts=[0], seconds=1, latent_scale=1.5)
    with torch.no_grad():
        sampler = Sampler(model.dit, SAMPLING, ChunkTexts.of(model.text([before.words[0].caption])), weights_hash="")
        state = sampler.start(num_chunks=1, latent_height=2, latent_width=2, seed=4, prefix=before.latents)
        (made,) = (chunk.latents for chunk in sampler.run(state))
    assert batch.has_own.tolist() == [True]
    torch.testing.assert_close(batch.own, made, atol=2e-2, rtol=1e-2)  # bfloat16 on disk
    assert not torch.allclose(batch.own, batch.latents[:, :, :6], atol=0.1)


def test_pieces_that_begin_a_clip_have_none(folder):
    batch = LatentCache(folder).batch([0, 0, 1], starts=[0, 1, 1], seconds=2, latent_scale=1.0)

    assert batch.has_own.tolist() == [False, True, True]


def test_clips_continue_them_where_a_second_is_clean(folder):
    batch = LatentCache(folder).batch([0, 1, 2], starts=[1, 0, 1], seconds=2, latent_scale=1.0)
    continuation = plan_clips(3, 2, TaskMix(image_share=0, continuation_share=1), TimestepDensity(), generator())
    from_text = plan_clips(3, 2, TaskMix(image_share=0, continuation_share=0), TimestepDensity(), generator())

    mixed = with_own_seconds(batch, continuation, 1.0, generator())

    assert torch.equal(mixed.latents[[0, 2], :, :6], batch.own[[0, 2]])
    assert torch.equal(mixed.latents[1], batch.latents[1])
    assert torch.equal(mixed.latents[:, :, 6:], batch.latents[:, :, 6:])
    assert with_own_seconds(batch, from_text, 1.0, generator()) is batch
    assert with_own_seconds(batch, continuation, 0.0, generator()) is batch


def test_shards_that_a_model_has_made_stay_and_those_of_another_are_replaced(copy):
    kept = own_file(shard_files(copy)[0]).read_bytes()

    make(copy, should_stop=lambda: True)
    assert own_file(shard_files(copy)[0]).read_bytes() == kept
    make(copy, model=tiny_model(seed=5))
    assert own_file(shard_files(copy)[0]).read_bytes() != kept


def test_interrupted_shard_is_begun_anew(folder, tmp_path):
    for path in shard_files(folder):
        (tmp_path / path.name).write_bytes(path.read_bytes())
        words = path.with_suffix(".json")
        (tmp_path / words.name).write_bytes(words.read_bytes())
    (tmp_path / "cache.json").write_bytes((folder / "cache.json").read_bytes())
    asked = []

    def stop_in_second_shard():
        asked.append(None)
        return len(asked) > 4

    assert make(tmp_path, should_stop=stop_in_second_shard) == 1
    has_own = LatentCache(tmp_path).batch(range(6), starts=[1] * 6, seconds=2, latent_scale=1.0).has_own
    assert has_own.tolist() == [True] * 3 + [False] * 3
    assert make(tmp_path) == 2
    assert [own_file(path).read_bytes() for path in shard_files(tmp_path)] == [
        own_file(path).read_bytes() for path in shard_files(folder)
    ]


def test_shorter_clips_are_refused(tmp_path):
    cache_in(tmp_path, frames=48)

    with pytest.raises(RequestError, match="3 s or longer"):
        make(tmp_path)


def test_damaged_file_is_named(copy):
    own_file(shard_files(copy)[1]).write_bytes(b"not a tensor")

    with pytest.raises(WeightsError, match=r"own_00001\.safetensors is damaged"):
        LatentCache(copy)
