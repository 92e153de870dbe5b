"""How a judged model makes its clips."""

import json
from dataclasses import asdict, replace

import pytest

from generation.evaluation.settings import sampling_of
from generation.presets import find_preset
from tests.support.training import DIT, VAE

SERVED = find_preset("starter").sampling


@pytest.fixture
def folder(tmp_path):
    def write(*, distilled):
        plain = {
            "format": "sceneloom-starter-1", "name": "tiny", "dit": asdict(replace(DIT, distilled=distilled)),
            "vae": asdict(VAE), "files": {}, "card": {},
        }  # fmt: skip
        (tmp_path / "starter.json").write_text(json.dumps(plain))
        return tmp_path

    return write


def ask(folder, **fields):
    plain = dict.fromkeys(("steps", "window", "text", "context"))
    return sampling_of(SERVED, folder=folder, **(plain | fields))


def test_a_student_runs_as_served_and_its_teacher_in_three_passes(folder):
    assert ask(folder(distilled=True)) == SERVED
    assert ask(folder(distilled=False)) == replace(SERVED, guidance_passes=3)


def test_a_base_model_runs_in_three_passes_with_guidance_where_there_is_any(folder):
    found = ask(folder(distilled=False), steps=16, window=4, text=3.0, context=1.0)

    assert (found.num_steps, found.window_size, found.guidance_passes) == (16, 4, 3)
    assert found.text_guidance == (3.0, 3.0, 3.0, 1.0, 1.0)
    assert found.context_guidance == (1.0,) * 5
