"""From nothing to a clip: all trainings of a tiny model, its export, and the engine that serves it."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from generation.config import ExecutionConfig, SamplingConfig
from generation.contract.requests import ControlTokens, GenerationRequest
from generation.errors import ConfigError, RequestError, StorageError, WeightsError
from generation.pipeline.loading import load_starter
from generation.training.assembly import RunOrder, run_dit, run_shortcut, run_temper, run_vae
from generation.training.clip_preparation import EncodingOrder, run_latents
from generation.training.export import describe_run, export_model
from generation.training.latent_cache import read_cache_info
from generation.training.runs.loop import RunControl
from generation.training.runs.run_folder import RunFolder, read_records
from generation.training.trained import read_model, read_settings, read_vae
from generation.weights.starter_folder import read_starter
from tests.support.training import tiny_recipe

CPU = torch.device("cpu")


def order(folder, **fields):
    return RunOrder(**{"folder": folder, "device": CPU, "control": RunControl(), **fields})


def latents(root, name, **fields):
    plain = {"vae": root / "vae", "height": 16, "width": 16, "seconds": 1, "shards": 1, "clips": None}
    return EncodingOrder(folder=root / name, **{**plain, **fields})


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Every step that the help names, in order."""
    root, recipe = tmp_path_factory.mktemp("runs"), tiny_recipe()
    run_vae(recipe, order(root / "vae1"), stage=1, clips=None)
    run_vae(recipe, order(root / "vae", start_from=root / "vae1"), stage=2, clips=None)
    run_vae(recipe, order(root / "vae3", start_from=root / "vae"), stage=3, clips=None)
    run_latents(recipe, latents(root, "one"), device=CPU, should_stop=lambda: False)
    run_latents(recipe, latents(root, "two", seconds=2, width=32), device=CPU, should_stop=lambda: False)
    caches = [root / "one", root / "two"]
    run_dit(recipe, order(root / "base"), stage=1, vae=root / "vae", caches=caches)
    run_shortcut(recipe, order(root / "student"), teacher=root / "base", vae=root / "vae", caches=caches)
    run_temper(recipe, order(root / "tempered", start_from=root / "student"), vae=root / "vae", caches=caches)
    card = {"model": describe_run(RunFolder(root=root / "tempered"))}
    shipped = read_model(root / "tempered")
    export_model(root / "export", read_vae(root / "vae3"), shipped, name="tiny shipped", card=card)
    return root


@pytest.fixture
def runs(root, tmp_path):
    shutil.copytree(root, tmp_path / "runs")
    return tmp_path / "runs"


def test_every_run_has_its_files(root):
    for name, last in (("vae1", 4), ("vae", 4), ("base", 4), ("student", 11), ("tempered", 4)):
        run = RunFolder(root=root / name)
        assert read_records(run.log)[-1]["step"] == last
        assert run.checkpoint.is_file()
        assert list(run.sample(0).parent.iterdir())
    assert read_settings(RunFolder(root=root / "student"))["dit"]["distilled"] is True


def test_batches_hold_as_many_clips_as_the_tokens_allow(root):
    caches = read_settings(RunFolder(root=root / "base"))["caches"]

    assert [(cache["cache"], cache["batch"]) for cache in caches] == [("one", 8), ("two", 2)]


def test_caches_say_where_their_clips_are_from(root):
    info = read_cache_info(root / "two")

    assert (info.frames, info.height, info.width) == (48, 16, 32)
    assert info.corpus.startswith("procedural")


def test_engine_serves_what_was_exported(root, tmp_path):
    starter = read_starter(root / "export")
    starter.verify()
    sampling = SamplingConfig(num_steps=8, guidance_passes=1)

    pipeline = load_starter(root / "export", cache=tmp_path, sampling=sampling, execution=ExecutionConfig())
    nothing = ControlTokens(high_quality=False, duration=False)
    request = GenerationRequest(prompts=("slow zoom in",), seconds=1, width=64, height=32, seed=1, controls=nothing)
    (chunk,) = list(pipeline.generate(request))

    # Twice what its encoder sees.
    assert chunk.frames.shape == (24, 32, 64, 3)


def test_export_is_described(root):
    starter = read_starter(root / "export")

    assert starter.name == starter.dit.name == "tiny shipped"
    assert starter.vae.latent_scale == read_cache_info(root / "one").latent_scale
    assert starter.card["model"]["steps"] == 4
    assert "transformer/model.safetensors" in starter.hashes
    assert "text_encoder/tokenizer.json" in starter.hashes


def test_export_reads_back_as_what_was_trained(root):
    trained, exported = read_model(root / "tempered"), read_model(root / "export")

    assert exported.latent_scale == trained.latent_scale
    ours = dict(exported.model.named_parameters())
    for name, parameter in trained.model.named_parameters():
        torch.testing.assert_close(ours[name], parameter, atol=1e-2, rtol=1e-2)
    assert ours["text.encoder.shared.weight"].shape == (128, 16)
    with torch.no_grad():
        torch.testing.assert_close(
            exported.model.text(["pan left"])[0], trained.model.text(["pan left"])[0], atol=0.1, rtol=0.1
        )


def test_training_goes_on_from_an_export(root, tmp_path):
    recipe = tiny_recipe()
    for name in ("one", "two"):
        run_latents(
            recipe, replace(latents(root, name), folder=tmp_path / name, vae=root / "export"), device=CPU,
            should_stop=lambda: False,
        )  # fmt: skip

    run_dit(
        recipe, order(tmp_path / "more", start_from=root / "export"), stage=1, vae=root / "export",
        caches=[tmp_path / "one", tmp_path / "two"],
    )  # fmt: skip
    run_vae(recipe, order(tmp_path / "vae", start_from=root / "export"), stage=3, clips=None)

    assert read_records(RunFolder(root=tmp_path / "more").log)
    assert read_records(RunFolder(root=tmp_path / "vae").log)


def test_resumed_run_keeps_its_length_and_rate(runs):
    recipe, folder = tiny_recipe(), runs / "new"
    stopped = RunControl(should_stop=iter([False, False, True]).__next__)
    run_vae(recipe, order(folder, total_steps=6, learning_rate=2e-3, control=stopped), stage=1, clips=None)

    assert (
        RunOrder(folder=folder, device=CPU, control=RunControl()).rhythm(recipe.dit_stages[0].rhythm).total_steps == 6
    )
    run_vae(recipe, order(folder), stage=1, clips=None)

    assert read_records(RunFolder(root=folder).log)[-1]["step"] == 6


def test_latents_of_another_autoencoder_are_refused(runs):
    with pytest.raises(RequestError, match="another autoencoder"):
        run_dit(tiny_recipe(), order(runs / "new"), stage=1, vae=runs / "vae1", caches=[runs / "one"])


def test_caches_must_have_names_of_their_own(runs):
    with pytest.raises(RequestError, match="different names"):
        run_dit(
            tiny_recipe(), order(runs / "new"), stage=1, vae=runs / "vae", caches=[runs / "one", runs / "x" / "one"]
        )


def test_distillation_starts_from_its_teacher(runs):
    start = order(runs / "new", start_from=runs / "student")

    with pytest.raises(RequestError, match="teacher"):
        run_shortcut(tiny_recipe(), start, teacher=runs / "base", vae=runs / "vae", caches=[runs / "one"])


def test_tempering_starts_from_a_student(runs):
    recipe, caches = tiny_recipe(), [runs / "one"]

    with pytest.raises(RequestError, match="start_from"):
        run_temper(recipe, order(runs / "new"), vae=runs / "vae", caches=caches)
    with pytest.raises(ConfigError, match="distilled"):
        run_temper(recipe, order(runs / "new", start_from=runs / "base"), vae=runs / "vae", caches=caches)


def test_what_was_exported_can_be_tempered_on(root, tmp_path):
    recipe = tiny_recipe()
    run_latents(
        recipe, replace(latents(root, "one"), folder=tmp_path / "one", vae=root / "export"), device=CPU,
        should_stop=lambda: False,
    )  # fmt: skip

    run_temper(
        recipe, order(tmp_path / "more", start_from=root / "export"), vae=root / "export", caches=[tmp_path / "one"]
    )

    assert read_model(tmp_path / "more").model.config.distilled


@pytest.mark.parametrize(
    ("reader", "name"), [(read_vae, "base"), (read_model, "vae"), (read_vae, "one"), (read_model, "x")]
)
def test_folder_of_something_else_is_refused(root, reader, name):
    with pytest.raises(RequestError, match="must hold"):
        reader(root / name)


def test_settings_of_another_version_are_refused(runs):
    path = RunFolder(root=runs / "vae").settings
    path.write_text(path.read_text().replace('"embed_dim"', '"width_of_old"'))

    with pytest.raises(WeightsError, match="another version"):
        read_vae(runs / "vae")


@pytest.mark.parametrize("name", ["starter.json", "vae/model.safetensors", "text_encoder/tokenizer.json"])
def test_damaged_export_is_noticed(runs, name):
    path: Path = runs / "export" / name
    path.write_bytes(path.read_bytes()[:-3] + b"   ")

    with pytest.raises(WeightsError):
        read_starter(runs / "export").verify()


def test_a_model_is_not_exported_onto_a_file(root, tmp_path):
    (tmp_path / "file").write_text("mine")

    with pytest.raises(StorageError, match="a file has the name of a folder; choose another one"):
        export_model(tmp_path / "file", read_vae(root / "vae3"), read_model(root / "student"), name="x", card={})

    assert (tmp_path / "file").read_text() == "mine"
