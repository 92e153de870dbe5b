"""Sections of the evaluate command that vary one setting."""

import json

import pytest

from generation.cli import evaluate, experiments
from generation.evaluation.experiments.context_guidance import GuidanceSetting
from generation.training.export import export_model
from generation.training.trained import TrainedModel
from tests.support.pipelines import write_picture
from tests.support.training import tiny_model, tiny_recipe, tiny_trained_vae

pytest.importorskip("cv2")


@pytest.fixture
def measured(console, tmp_path, monkeypatch):
    """What one section writes, of a tiny model."""
    monkeypatch.setattr(evaluate, "PIXELS", 32 * 32)
    monkeypatch.setattr(experiments, "STARTER", tiny_recipe())
    monkeypatch.setattr(experiments, "ENCODER_SIDE", 16)
    monkeypatch.setattr(experiments, "MINUTE", 20)
    monkeypatch.setattr(experiments, "LENGTHS", (1, 2, 3))
    vae, trained = tiny_trained_vae(), TrainedModel(model=tiny_model(distilled=True), latent_scale=1.0)
    export_model(tmp_path / "model", vae, trained, name="tiny", card={})
    (tmp_path / "photos").mkdir()
    for name in ("a", "b"):
        write_picture(tmp_path / "photos" / f"{name}.png", size=(32, 32))

    def call(section, *flags):
        out, plots = tmp_path / "out.json", tmp_path / "plots"
        argv = [tmp_path / "photos", "--model", tmp_path / "model", "--sections", section, *flags]
        argv += ["--out", out, "--samples", plots]
        assert evaluate.run_evaluate([str(word) for word in argv], cache=tmp_path / "cache", console=console) == 0
        plot = plots / f"{section}.png"
        return json.loads(out.read_text())[section], plot.read_bytes() if plot.exists() else b""

    return call


def is_picture(plot):
    return plot.startswith(b"\x89PNG")


def test_guidance_is_compared_setting_by_setting(measured):
    found, plot = measured("guidance", "--seconds", 2)

    assert list(found["means"]) == ["1", "1.25", "1.5", "2", "1.5 to the end"]
    assert [trial["prompt"] for trial in found["trials"]] == ["slow pan right"] * 5 + ["static shot"] * 5
    first, second = (trial["jump_ratio"] for trial in found["trials"][::5])
    assert found["means"]["1"]["jump_ratio"] == found["jump_at_1"] == pytest.approx((first + second) / 2)
    assert found["distilled"] is True
    assert is_picture(plot)


def test_spans_are_compared_on_the_same_clips(measured):
    found, plot = measured("spans", "--clips", 2)

    assert list(found["means"]) == ["1", "2", "3", "5"]
    assert len(found["trials"]) == 8
    assert found["means"]["2"]["nearer_than_trained_span"] == 0
    of_three = [trial["distance"]["distance"] for trial in found["trials"] if trial["span"] == 3]
    assert found["distance_at_3"] == pytest.approx(sum(of_three) / 2)
    assert is_picture(plot)


def test_prefixes_are_grouped_by_what_was_told(measured):
    found, _ = measured("prefixes", "--clips", 3)

    told = found["means"]["told"]
    assert told["second"]["clips"] == told["picture"]["clips"] == 3
    assert found["distance_from_a_second"] == told["second"]["distance"]
    pixels = {kind: [t["pixels"] for t in found["trials"] if t["prefix"] == kind and t["prompt"] == t["caption"]]
              for kind in ("second", "picture")}  # fmt: skip
    nearer = [second < picture for second, picture in zip(pixels["second"], pixels["picture"], strict=True)]
    assert found["nearer_from_a_second"] == pytest.approx(sum(nearer) / 3)


def test_a_minute_is_told_take_by_take(measured):
    found, plot = measured("minute", "--seconds", 3)

    assert [clip["prompt"] for clip in found["clips"]] == ["slow pan right", "static shot"]
    assert all(len(clip["seconds"]) == 6 for clip in found["clips"])
    assert list(found["ends_of_takes"]) == ["3", "6"]
    ends = [clip["colour_off"][5] for clip in found["clips"]]
    assert found["colour_off"] == found["ends_of_takes"]["6"]["colour_off"] == pytest.approx(sum(ends) / 2)
    (between, inside) = ([], [])
    for clip in found["clips"]:
        for second, figures in enumerate(clip["seconds"][1:], start=2):
            (between if second == 4 else inside).append(figures["joint"] / max(figures["beside"], 1e-6))
    assert found["jump_between_takes"] == pytest.approx(sum(between) / 2)
    assert found["jump_inside_takes"] > 0
    assert is_picture(plot)


def test_memory_is_told_by_length(measured):
    found, plot = measured("memory")

    assert [each["seconds"] for each in found["lengths"]] == [1, 2, 3]
    counted = all(each["peak"] for each in found["lengths"])
    assert is_picture(plot) == counted == (found["bytes_per_second"] is not None)


def test_what_takes_minutes_is_made_only_when_named():
    assert not set(experiments.EXPERIMENTS) & set(evaluate._build_parser().parse_args(["photos"]).sections)


def test_settings_are_those_of_the_paper():
    assert [setting.context for setting in experiments.GUIDANCE[:4]] == [1, 1.25, 1.5, 2]
    assert experiments.GUIDANCE[4] == GuidanceSetting(context=1.5, to_the_end=True)
