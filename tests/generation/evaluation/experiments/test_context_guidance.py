"""Guidance by the past: which passes it asks for, and what is measured."""

from dataclasses import replace

import numpy as np
import pytest

from generation.evaluation.clips import find_photos, make_clip, request_for
from generation.evaluation.experiments.context_guidance import (
    GuidanceSetting,
    guided,
    motion,
    saturation,
    try_guidance,
)
from generation.presets import find_preset
from tests.support.pipelines import tiny_pipeline, write_picture

SERVED = find_preset("starter").sampling
STRONG = GuidanceSetting(context=1.5)


def test_the_past_is_guided_until_a_chunk_has_taken_shape_or_to_the_end():
    released, held = (
        guided(SERVED, GuidanceSetting(context=1.5, to_the_end=held), distilled=False) for held in (False, True)
    )

    assert released.guidance_passes == held.guidance_passes == 3
    assert released.context_guidance == (1.5, 1.5, 1.5, 1.0, 1.0)
    assert held.context_guidance == (1.5,) * 5


def test_words_are_guided_again_only_where_the_weights_do_not_hold_it():
    assert guided(SERVED, STRONG, distilled=False).text_guidance == SERVED.text_guidance
    assert guided(SERVED, STRONG, distilled=True).text_guidance == (1.0,) * 5


@pytest.fixture
def photo(tmp_path):
    write_picture(tmp_path / "photo.png")
    return find_photos(tmp_path, pixels=48 * 40, multiple=8)[0]


def test_no_guidance_of_a_distilled_model_s_first_second_is_its_one_pass(tmp_path, photo):
    pipeline = tiny_pipeline(
        tmp_path / "cache", window_size=1, guidance_passes=1, near_clean_context_weight=1.0,
        attention_span_by_stage=(2,),
    )  # fmt: skip
    request = request_for(photo, ("pan left",), seconds=2, seed=0)
    sampling = guided(pipeline.sampling, GuidanceSetting(context=1.0), distilled=True)

    one, three = (make_clip(each, request) for each in (pipeline, replace(pipeline, sampling=sampling)))

    # Later seconds read the keys of finished ones as the pass of words sees them, which one pass does not know.
    np.testing.assert_allclose(one[:24].astype(int), three[:24].astype(int), atol=1)


def test_settings_get_the_same_noise_and_change_later_seconds_alone(tmp_path, photo):
    pipeline = tiny_pipeline(tmp_path / "cache", window_size=1, attention_span_by_stage=(2,))
    request = request_for(photo, ("pan left",), seconds=2, seed=0)
    settings = (GuidanceSetting(context=1.0), GuidanceSetting(context=2.0))

    weak, strong = try_guidance(pipeline, [request], settings)

    assert (weak.setting, strong.setting) == settings
    assert weak.prompt == "pan left"
    # A first second has no past.
    assert weak.saturations[0] == pytest.approx(strong.saturations[0], abs=0.1)
    assert weak.saturations[1] != pytest.approx(strong.saturations[1], abs=0.1)
    assert weak.saturation_growth == pytest.approx(weak.saturations[1] / weak.saturations[0])
    assert weak.later_motion == weak.motions[1]


def test_grey_has_no_colour_and_stillness_no_motion():
    grey = np.full((3, 4, 4, 3), 90, np.uint8)
    red = grey.copy()
    red[..., 0] += 60
    moving = grey.copy()
    moving[1] -= 30

    assert saturation(grey) == motion(grey) == 0
    assert saturation(red) == 60
    assert motion(moving) == 30


def test_settings_read_as_they_are_meant():
    assert str(STRONG) == "1.5"
    assert str(GuidanceSetting(context=2.0, to_the_end=True)) == "2 to the end"
