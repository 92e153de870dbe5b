"""The evaluate command."""

import json

import pytest

from generation.cli import evaluate
from generation.errors import RequestError, WeightsError
from generation.training.export import export_model
from generation.training.trained import TrainedModel
from tests.support.pipelines import write_picture
from tests.support.training import tiny_model, tiny_recipe, tiny_trained_vae

pytest.importorskip("cv2")


@pytest.fixture
def model(tmp_path):
    export_model(
        tmp_path / "model", tiny_trained_vae(), TrainedModel(model=tiny_model(distilled=True), latent_scale=1.0),
        name="tiny", card={},
    )  # fmt: skip
    return tmp_path / "model"


@pytest.fixture
def photos(tmp_path):
    (tmp_path / "photos").mkdir()
    write_picture(tmp_path / "photos" / "a.png", size=(32, 32))
    return tmp_path / "photos"


@pytest.fixture
def run(console, tmp_path, monkeypatch):
    monkeypatch.setattr(evaluate, "PIXELS", 32 * 32)
    monkeypatch.setattr(evaluate, "STARTER", tiny_recipe())
    monkeypatch.setattr(evaluate, "ENCODER_SIDE", 16)

    def call(*argv):
        return evaluate.run_evaluate([str(word) for word in argv], cache=tmp_path / "cache", console=console)

    return call


def test_figures_are_printed_and_written(run, photos, model, tmp_path, console):
    sections = ("stills", "continuity", "distance", "pace")

    status = run(
        photos, "--model", model, "--sections", *sections, "--seconds", 2, "--clips", 1, "--out", tmp_path / "out.json"
    )

    assert status == 0
    written = json.loads((tmp_path / "out.json").read_text())
    assert set(sections) < set(written)
    assert written["stills"]["photos"][0]["photo"] == "a.png"
    assert "reconstruction_psnr" in console.file.getvalue()


def test_words_and_speeds_are_judged(run, photos, model, tmp_path):
    run(photos, "--model", model, "--sections", "words", "speeds", "--out", tmp_path / "out.json")

    written = json.loads((tmp_path / "out.json").read_text())
    assert len(written["words"]["trials"]) == 8
    assert 0 <= written["words"]["obeyed"] <= 1
    assert len(written["speeds"]["trials"]) == 4


def test_no_photos_and_no_model_are_said(run, tmp_path, photos, model):
    (tmp_path / "empty").mkdir()

    with pytest.raises(RequestError, match="must hold pictures"):
        run(tmp_path / "empty", "--model", model)
    with pytest.raises(WeightsError, match="must describe a small model"):
        run(photos, "--model", tmp_path / "empty")
