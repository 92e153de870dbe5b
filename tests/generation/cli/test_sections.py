"""Sections of the evaluate command that judge one model."""

import json

import pytest

from generation.cli import evaluate, sections
from tests.support.training import tiny_recipe

pytest.importorskip("cv2")


@pytest.fixture
def run(console, tmp_path, monkeypatch):
    monkeypatch.setattr(evaluate, "PIXELS", 32 * 32)
    monkeypatch.setattr(sections, "STARTER", tiny_recipe())
    monkeypatch.setattr(sections, "ENCODER_SIDE", 16)

    def call(*argv):
        return evaluate.run_evaluate([str(word) for word in argv], cache=tmp_path / "cache", console=console)

    return call


def test_figures_are_printed_and_written(run, photos, model, tmp_path, console):
    names = ("stills", "continuity", "distance", "pace")

    status = run(
        photos, "--model", model, "--sections", *names, "--seconds", 2, "--clips", 1, "--out", tmp_path / "out.json"
    )

    assert status == 0
    written = json.loads((tmp_path / "out.json").read_text())
    assert set(names) < set(written)
    assert written["stills"]["photos"][0]["photo"] == "a.png"
    assert "reconstruction_psnr" in console.file.getvalue()


def test_words_and_speeds_are_judged(run, photos, model, tmp_path):
    run(photos, "--model", model, "--sections", "words", "speeds", "--out", tmp_path / "out.json")

    written = json.loads((tmp_path / "out.json").read_text())
    assert len(written["words"]["trials"]) == 8
    assert 0 <= written["words"]["obeyed"] <= 1
    assert len(written["speeds"]["trials"]) == 4
