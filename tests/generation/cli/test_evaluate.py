"""The evaluate command."""

import json

import pytest

from generation.cli import evaluate
from generation.errors import RequestError, WeightsError


@pytest.fixture
def run(console, tmp_path):
    def call(*argv):
        return evaluate.run_evaluate([str(word) for word in argv], cache=tmp_path / "cache", console=console)

    return call


def test_only_what_is_named_is_measured(run, photos, model, tmp_path, monkeypatch):
    monkeypatch.setattr(evaluate, "PIXELS", 32 * 32)

    assert run(photos, "--model", model, "--sections", "stills", "--out", tmp_path / "out.json") == 0

    assert set(json.loads((tmp_path / "out.json").read_text())) == {"weights", "sampling", "stills"}


def test_sections_that_there_are_not_are_said_with_those_that_there_are(run, photos):
    with pytest.raises(RequestError, match=r"--sections: invalid choice: 'pets' \(choose from 'stills', .*'memory'\)"):
        run(photos, "--sections", "pets")


def test_no_photos_and_no_model_are_said(run, tmp_path, photos, model):
    (tmp_path / "empty").mkdir()

    with pytest.raises(RequestError, match="must hold pictures"):
        run(tmp_path / "empty", "--model", model)
    with pytest.raises(WeightsError, match="must describe a small model"):
        run(photos, "--model", tmp_path / "empty")
