"""Clips as latents on disk."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from generation.config import ChunkPolicy
from generation.errors import ConfigError, RequestError, StorageError, WeightsError
from generation.training.latent_cache import LatentCache, read_cache_info
from generation.training.latent_writer import encode_clips, words_of, write_latents
from generation.vae.codec import FrameCodec
from tests.support.training import cache_in, clips, generator, tiny_trained_vae


def write(folder, *, shards=2, vae=None, should_stop=lambda: False, source=clips):
    return write_latents(
        folder, vae or tiny_trained_vae(), source, shards=shards, corpus="test clips", should_stop=should_stop
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("cache")
    write(path)
    return path


@pytest.fixture
def copy(folder, tmp_path):
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def test_latents_are_those_of_the_codec(folder):
    codec = FrameCodec(tiny_trained_vae(), ChunkPolicy.SEAMLESS)
    cache = LatentCache(folder)

    batch = cache.batch([0, 7], latent_scale=1.0)

    for row, frames in enumerate((clips(0).frames[0], clips(1).frames[1])):
        torch.testing.assert_close(batch.latents[row], codec.encode(frames)[0], atol=2e-2, rtol=1e-2)
        torch.testing.assert_close(batch.stills[row], codec.encode(frames[:1])[0], atol=2e-2, rtol=1e-2)


def test_words_stay_with_their_clips(folder):
    cache = LatentCache(folder)

    assert len(cache) == 12
    assert cache.latent_shape == (4, 12, 2, 2)
    batch = cache.batch([0, 7], latent_scale=1.0)
    assert [words.caption for words in batch.words] == [clips(0).captions[0], clips(1).captions[1]]
    assert batch.words[0].second_captions == clips(0).second_captions[0]
    assert [words.changes for words in batch.words] == [True, False]


def test_scale_gives_the_first_shard_unit_variance(folder):
    cache = LatentCache(folder)

    scaled = cache.batch(range(6), latent_scale=cache.info.latent_scale).latents

    assert scaled.std() == pytest.approx(1, abs=1e-3)


def test_description_says_what_is_in_the_cache(folder):
    info = read_cache_info(folder)

    assert (info.frames, info.height, info.width, info.corpus) == (48, 16, 16, "test clips")


def test_draws_depend_on_the_generator_alone(folder):
    cache = LatentCache(folder)

    first, second = (cache.draw(5, generator(3), latent_scale=1.0) for _ in range(2))

    assert torch.equal(first.latents, second.latents)
    assert first.words == second.words


def test_interrupted_encoding_goes_on_with_the_next_shard(folder, tmp_path):
    asked = []

    def should_stop():
        asked.append(None)
        return len(asked) > 1

    assert write(tmp_path, shards=3, should_stop=should_stop) == 1
    assert len(LatentCache(tmp_path)) == 6
    drawn = []
    assert write(tmp_path, source=lambda shard: drawn.append(shard) or clips(shard)) == 2

    assert drawn == [1]
    for name in ("00000.safetensors", "00001.safetensors", "00001.json", "cache.json"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_full_disk_keeps_whole_shards_and_leaves_no_half_ones(tmp_path, monkeypatch):
    write(tmp_path, shards=1)
    before = {path.name for path in tmp_path.iterdir()}

    def fail(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(StorageError, match="full"):
        write(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == before


def test_latents_of_another_autoencoder_are_not_added(copy):
    with pytest.raises(RequestError, match="another autoencoder"):
        write(copy, shards=3, vae=tiny_trained_vae(seed=1))


@pytest.mark.parametrize("name", ["00001.safetensors", "00001.json", "cache.json"])
def test_damaged_file_is_named(copy, name):
    (copy / name).write_bytes((copy / name).read_bytes()[:-9])

    with pytest.raises(WeightsError, match=name.split(".")[0]):
        LatentCache(copy)


def test_shard_with_too_few_captions_is_refused(copy):
    words = json.loads((copy / "00000.json").read_text())
    (copy / "00000.json").write_text(json.dumps(words[:-1]))

    with pytest.raises(WeightsError, match="6 clips but 5 captions"):
        LatentCache(copy)


def test_shard_without_stills_is_refused(copy):
    tensors = load_file(copy / "00000.safetensors")
    save_file({"latents": tensors["latents"]}, copy / "00000.safetensors")

    with pytest.raises(WeightsError, match="stills"):
        LatentCache(copy)


def test_empty_folder_is_refused(tmp_path):
    with pytest.raises(RequestError, match="encode a corpus"):
        LatentCache(tmp_path)


def test_description_without_shards_is_refused(copy):
    for path in copy.glob("0*"):
        path.unlink()

    with pytest.raises(RequestError, match="encode a corpus"):
        LatentCache(copy)


@pytest.mark.parametrize("shape", [{"frames": 36}, {"side": 264}])
def test_clips_of_other_lengths_and_beyond_a_tile_are_refused(shape):
    with pytest.raises(ConfigError, match="whole chunks"):
        encode_clips(tiny_trained_vae(), clips(0, count=1, **shape).frames)


def test_clips_encoded_together_and_alone_are_the_same():
    frames = clips(0).frames

    together, stills = encode_clips(tiny_trained_vae(), frames)
    alone, single = encode_clips(tiny_trained_vae(), frames, at_once=1)

    torch.testing.assert_close(together, alone, atol=0.02, rtol=0.01)
    torch.testing.assert_close(stills, single, atol=0.02, rtol=0.01)


def test_clip_without_truth_changes_if_its_seconds_differ():
    assert [words.changes for words in words_of(clips(0))] == [True, False, False] * 2


def test_cache_of_one_second_clips(tmp_path):
    cache = cache_in(tmp_path, shards=1, frames=24)

    assert cache.latent_shape == (4, 6, 2, 2)
    assert not any(words.changes for words in cache.words)


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    path = tmp_path_factory.mktemp("long")
    write(path, shards=1, source=lambda shard: clips(shard, frames=72))
    return path


def test_clips_are_cut_at_seconds_with_their_pictures_and_words(long):
    whole = LatentCache(long).batch([1, 3], latent_scale=2.0)

    cut = LatentCache(long).batch([1, 3], starts=[1, 0], seconds=2, latent_scale=2.0)

    assert torch.equal(cut.latents[0], whole.latents[0, :, 6:])
    assert torch.equal(cut.latents[1], whole.latents[1, :, :12])
    picture = clips(0, frames=72).frames[1, 24:25]
    expected = FrameCodec(tiny_trained_vae(), ChunkPolicy.SEAMLESS).encode(picture)[0]
    torch.testing.assert_close(cut.stills[0], 2 * expected, atol=4e-2, rtol=1e-2)
    assert torch.equal(cut.stills[1], whole.stills[1])
    assert cut.words[0].second_captions == whole.words[0].second_captions[1:]
    assert cut.words[1].second_captions == whole.words[1].second_captions[:2]
    assert [words.caption for words in cut.words] == [words.caption for words in whole.words]


def test_cuts_are_drawn_everywhere(long):
    cache = LatentCache(long)
    whole = cache.batch(range(len(cache)), latent_scale=1.0).latents

    drawn = cache.draw(60, generator(0), latent_scale=1.0, seconds=1).latents

    pieces = {(clip, second) for row in drawn for clip, second in _where(row, whole)}
    assert pieces == {(clip, second) for clip in range(len(cache)) for second in range(3)}


def _where(row, whole):
    for clip, latents in enumerate(whole):
        for second in range(3):
            if torch.equal(latents[:, 6 * second : 6 * second + 6], row):
                yield clip, second


def test_clips_that_are_too_short_are_not_cut(long):
    with pytest.raises(ConfigError, match="3 s long and cannot be cut to 4 s"):
        LatentCache(long).draw(1, generator(0), latent_scale=1.0, seconds=4)
    with pytest.raises(ConfigError, match="cannot be cut"):
        LatentCache(long).batch([0], starts=[2], seconds=2, latent_scale=1.0)


def test_clips_without_a_picture_of_every_second_are_not_cut(long, tmp_path):
    for path in long.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    shard = tmp_path / "00000.safetensors"
    tensors = load_file(shard)
    save_file({"latents": tensors["latents"], "stills": tensors["stills"][:, :, :1].contiguous()}, shard)

    with pytest.raises(ConfigError, match="a picture of each of its 3 seconds"):
        LatentCache(tmp_path).draw(1, generator(0), latent_scale=1.0, seconds=1)


def test_families_are_drawn_together_by_their_last_seconds(tmp_path):
    write_latents(tmp_path, tiny_trained_vae(), clips, shards=2, corpus="families", should_stop=lambda: False, family=3)
    cache = LatentCache(tmp_path)
    whole = cache.batch(range(len(cache)), latent_scale=1.0).latents
    ends = whole[:, :, -6:]

    seen = set()
    for seed in range(30):
        drawn = cache.draw(5, generator(seed), latent_scale=1.0, seconds=1)
        found = [next(i for i in range(len(ends)) if torch.equal(ends[i], row)) for row in drawn.latents]
        first, second = ({index // 3 for index in part} for part in (found[:3], found[3:]))
        # A whole family, each of it once, then a part of another (or the same) one.
        assert (len(first), len(set(found[:3])), len(second), len(set(found[3:]))) == (1, 3, 1, 2)
        seen.update(found)

    assert seen == set(range(len(cache)))


def test_a_cache_from_before_there_were_families_holds_single_clips(copy):
    path = copy / "cache.json"
    fields = json.loads(path.read_text())
    del fields["family"]
    path.write_text(json.dumps(fields))

    assert LatentCache(copy).info.family == 1
