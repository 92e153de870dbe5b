"""What trainings learn from follows from a recipe."""

import torch

from generation.training.clip_preparation import EncodingOrder, motion_corpus, run_latents
from generation.training.corpus.families import VERBS
from generation.training.corpus.procedural import ProceduralCorpus
from generation.training.latent_cache import LatentCache
from generation.training.recipe import ClipKind
from generation.training.recipes import STARTER
from generation.training.runs.run_folder import RunFolder
from tests.support.training import tiny_recipe


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


def test_every_kind_is_encoded_as_ordered(tmp_path):
    from generation.training.assembly import RunOrder, run_vae
    from generation.training.runs.loop import RunControl

    recipe, cpu = tiny_recipe(), torch.device("cpu")
    run_vae(recipe, RunOrder(folder=tmp_path / "vae", device=cpu, control=RunControl()), stage=1, clips=None)
    plain = {"vae": tmp_path / "vae", "height": 16, "width": 16, "seconds": 2, "shards": 1, "clips": None}
    for kind in ClipKind:
        order = EncodingOrder(folder=tmp_path / kind, kind=kind, **plain)
        assert run_latents(recipe, order, device=cpu, should_stop=lambda: False) == 1

    caches = [LatentCache(tmp_path / kind) for kind in ClipKind]
    assert RunFolder(root=tmp_path / "vae").checkpoint.exists()
    assert len({cache.words for cache in caches}) == 3
    assert [cache.info.family for cache in caches] == [1, 1, len(VERBS)]
    assert [str(kind) in cache.info.corpus for kind, cache in zip(ClipKind, caches, strict=True)] == [True] * 3
