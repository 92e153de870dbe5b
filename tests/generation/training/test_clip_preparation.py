"""What trainings learn from follows from a recipe."""

import pytest
import torch

from generation.errors import RequestError, StorageError
from generation.training.assembly import RunOrder, run_vae
from generation.training.clip_preparation import EncodingOrder, motion_corpus, run_latents
from generation.training.corpus.families import VERBS
from generation.training.corpus.procedural import ProceduralCorpus
from generation.training.latent_cache import LatentCache
from generation.training.recipe import ClipKind
from generation.training.recipes import STARTER
from generation.training.runs.loop import RunControl
from tests.support.training import tiny_recipe

CPU = torch.device("cpu")


def test_every_size_and_length_has_clips_of_its_own():
    seeds = {
        motion_corpus(STARTER, height=height, width=width, seconds=seconds, kind=kind).seed
        for height, width in ((64, 64), (128, 128), (112, 160), (160, 112))
        for seconds in (1, 2, 3)
        for kind in ClipKind
    }

    assert len(seeds) == 36


def test_the_camera_alone_is_told_in_few_words_and_scenes_in_many():
    plain, scenes = (
        ProceduralCorpus(motion_corpus(STARTER, height=64, width=64, seconds=3, kind=kind))
        for kind in (ClipKind.CAMERA, ClipKind.SCENES)
    )

    few, many = ({corpus.captions(index)[0] for index in range(300)} for corpus in (plain, scenes))

    assert len(few) <= 25
    assert len(many) > 250
    assert not any(plain.plan(index).truth.sprites for index in range(50))
    assert any(scenes.plan(index).truth.sprites for index in range(50))
    assert any(scenes.plan(index).truth.change_seconds for index in range(50))


@pytest.fixture(scope="module")
def vae(tmp_path_factory):
    """The run of an autoencoder."""
    folder = tmp_path_factory.mktemp("runs") / "vae"
    run_vae(tiny_recipe(), RunOrder(folder=folder, device=CPU, control=RunControl()), stage=1, clips=None)
    return folder


def encode(vae, folder, **fields):
    plain = {"vae": vae, "height": 16, "width": 16, "seconds": 2, "shards": 1, "clips": None}
    order = EncodingOrder(folder=folder, **{**plain, **fields})
    return run_latents(tiny_recipe(), order, device=CPU, should_stop=lambda: False)


def test_every_kind_is_encoded_as_ordered(vae, tmp_path):
    for kind in ClipKind:
        assert encode(vae, tmp_path / kind, kind=kind) == 1

    caches = [LatentCache(tmp_path / kind) for kind in ClipKind]
    assert len({cache.words for cache in caches}) == 3
    assert [cache.info.family for cache in caches] == [1, 1, len(VERBS)]
    assert [str(kind) in cache.info.corpus for kind, cache in zip(ClipKind, caches, strict=True)] == [True] * 3


@pytest.mark.parametrize("size", [(16, 20), (0, 16), (16, 8)])
def test_sizes_that_no_transformer_takes_are_told_before_anything_is_painted(vae, tmp_path, size):
    width, height = size

    with pytest.raises(RequestError, match=f"multiples of 16 pixels, a token of the transformer, got {width}x{height}"):
        encode(vae, tmp_path / "cache", width=width, height=height)

    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("fields", [{"width": 32}, {"height": 32}, {"seconds": 1}])
def test_a_folder_holds_clips_of_one_size_and_length(vae, tmp_path, fields):
    encode(vae, tmp_path / "cache")

    with pytest.raises(RequestError, match=r"holds clips of 16x16 pixels and 48 frames, .*; choose another"):
        encode(vae, tmp_path / "cache", shards=2, **fields)


def test_a_file_in_the_place_of_the_folder_is_told_before_anything_is_painted(vae, tmp_path, monkeypatch):
    (tmp_path / "cache").write_text("mine")
    monkeypatch.setattr(ProceduralCorpus, "batch", None)

    with pytest.raises(StorageError, match="a file has the name of a folder; choose another one"):
        encode(vae, tmp_path / "cache")

    assert (tmp_path / "cache").read_text() == "mine"
