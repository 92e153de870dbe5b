"""The train command."""

import shutil
from contextlib import nullcontext

import pytest

from generation import __main__ as program
from generation.cli import train
from generation.errors import ConfigError, RequestError
from generation.training.runs.run_folder import RunFolder, read_records
from generation.training.runs.team import Team
from tests.support.training import tiny_recipe


@pytest.fixture(autouse=True)
def small_recipe(monkeypatch):
    monkeypatch.setattr(train, "STARTER", tiny_recipe())


@pytest.fixture
def run(console):
    def call(*argv):
        return train.run_train([str(word) for word in argv], console=console)

    return call


@pytest.fixture
def said(console):
    return console.file.getvalue


@pytest.fixture(scope="module")
def first_runs(tmp_path_factory):
    """An autoencoder and its latents, made by the commands."""
    from rich.console import Console

    root, patch = tmp_path_factory.mktemp("runs"), pytest.MonkeyPatch()
    patch.setattr(train, "STARTER", tiny_recipe())
    quiet = Console(quiet=True)
    assert train.run_train(["vae", str(root / "vae"), "--device", "cpu"], console=quiet) == 0
    latents = ["latents", str(root / "latents"), "--vae", str(root / "vae"), "--size", "16x16", "--shards", "1"]
    assert train.run_train([*latents, "--device", "cpu"], console=quiet) == 0
    patch.undo()
    return root


@pytest.fixture
def runs(first_runs, tmp_path):
    shutil.copytree(first_runs, tmp_path / "runs")
    return tmp_path / "runs"


def test_all_steps_lead_to_an_export(run, runs, said):
    common = ("--vae", runs / "vae", "--latents", runs / "latents", "--device", "cpu")

    assert run("dit", runs / "base", *common) == 0
    assert run("shortcut", runs / "student", "--teacher", runs / "base", *common) == 0
    assert run("export", runs / "out", "--vae", runs / "vae", "--model", runs / "student", "--base", runs / "base") == 0
    assert run("plot", runs / "base") == 0

    assert (runs / "out" / "starter.json").is_file()
    assert (runs / "base" / "curves.png").is_file()
    assert "step 2: loss" in said()
    assert "MB" in said()


def test_run_out_of_time_goes_on_with_the_same_command(run, runs):
    assert run("vae", runs / "new", "--minutes", "1e-9", "--device", "cpu") == 0
    assert read_records(RunFolder(root=runs / "new").log) == []

    assert run("vae", runs / "new", "--device", "cpu") == 0

    assert read_records(RunFolder(root=runs / "new").log)[-1]["step"] == 4
    theirs = RunFolder(root=runs / "vae")
    assert RunFolder(root=runs / "new").checkpoint.read_bytes() == theirs.checkpoint.read_bytes()


def test_interrupted_run_says_how_to_go_on(run, runs, said, monkeypatch):
    class Asked:
        def __init__(self, on_first):
            self.asked = True

        def __enter__(self):
            return self

        def __exit__(self, *error):
            pass

    monkeypatch.setattr(train, "Interruption", Asked)

    assert run("vae", runs / "new", "--device", "cpu") == 130

    assert "go on with the same command" in said()
    assert RunFolder(root=runs / "new").checkpoint.is_file()


@pytest.mark.parametrize("what", ["all", "latents", "own", "joints"])
def test_what_one_process_does_is_not_done_by_several(run, tmp_path, monkeypatch, what):
    monkeypatch.setattr(train, "joined_team", lambda device: nullcontext(Team(rank=1, size=2)))
    needs = {"latents": ("--vae", "y"), "own": ("--model", "y"), "joints": ("--vae", "y", "--model", "y")}

    with pytest.raises(RequestError, match=f"{what} runs in one process, not in 2; start it without the launcher"):
        run(what, tmp_path / "x", *needs.get(what, ()))


def test_device_that_is_not_there_is_refused(run, tmp_path):
    with pytest.raises(ConfigError, match="--device"):
        run("vae", tmp_path / "x", "--device", "abacus")


def test_help_names_every_step(capsys):
    with pytest.raises(SystemExit):
        program.main(["train", "--help"])

    told = capsys.readouterr().out
    assert all(f"generation train {step}" in told for step in ("vae", "latents", "dit", "shortcut", "temper", "export"))
