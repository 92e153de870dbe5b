"""Reading the golden cases of prompts, pictures and clips."""

import pytest

from generation.contract.requests import Fit
from generation.verification.inputs.cleaning import check_cleaning
from generation.verification.inputs.clips import check_clip_rules, check_clips
from generation.verification.inputs.pictures import check_pictures, check_pictures_newer, golden_fit
from generation.verification.inputs.text_encoder import GoldenPrompts, check_text_encoder
from generation.verification.record import CaseError, Record
from tests.support.golden import golden_case, require_agreement


def test_every_pair_of_the_folder_is_cleaned():
    made = require_agreement(check_cleaning(golden_case("vae/t5_clean")))

    assert [comparison.what for comparison in made] == [
        "78 pairs clean_once", "78 pairs text_preprocessing", "4 pairs lower_strip",
    ]  # fmt: skip


def test_pairs_without_the_text_after_one_pass_are_compared_after_two(spoilt):
    copied = spoilt("vae", "t5_clean")

    def forget(document):
        document.pop("lower_strip")
        for pair in document["cases"]:
            pair.pop("clean_once")

    copied.rewrite("t5_clean", forget)

    assert [one.what for one in require_agreement(check_cleaning(copied.case("t5_clean")))] == [
        "78 pairs text_preprocessing"
    ]


def test_ids_masks_and_hidden_states_are_compared_for_every_label():
    made = {one.what for one in require_agreement(check_text_encoder(golden_case("vae/t5_wrapper")))}

    assert {"p0.input_ids", "batch01.last_hidden_state", "p3_800.attention_mask", "p2, its own tokens alone"} <= made
    assert "long_800.last_hidden_state_tail8" in made


def test_labels_say_which_prompt_at_which_length():
    prompts = GoldenPrompts(golden_case("vae/t5_wrapper"))

    assert prompts.padded("p1").token_ids.shape == (1, 24)
    assert prompts.padded("p1_40").token_ids.shape == (1, 40)
    assert prompts.padded("batch210").token_ids.shape == (3, 24)
    assert prompts.padded("long_800").mask.sum() == 800
    for label in ("p9", "batch7", "words_40"):
        with pytest.raises(CaseError):
            prompts.padded(label)


def test_a_missing_encoder_is_named(spoilt):
    copied = spoilt("vae", "t5_wrapper")
    (copied.path / "tiny_t5").unlink()

    with pytest.raises(CaseError, match="one text encoder must lie beside t5_wrapper"):
        list(check_text_encoder(copied.case("t5_wrapper")))


@pytest.mark.parametrize(
    ("policy", "fit"),
    [({"aspect_policy": "crop"}, Fit.CROP), ({"aspect_policy": "squint"}, Fit.STRETCH), ({}, Fit.STRETCH)],
)
def test_unknown_policies_stretch_as_released(policy, fit):
    assert golden_fit(Record(policy, where="case.json")) is fit


@pytest.mark.parametrize(
    ("name", "check"),
    [("pre_image", check_pictures), ("pre_image_ffmpeg7", check_pictures_newer), ("pre_video", check_clips)],
)
def test_pixels_are_equal_bit_for_bit(name, check):
    case = golden_case(f"vae/{name}")

    made = require_agreement(check(case))

    assert {comparison.tolerance.limit for comparison in made} == {0}
    assert set(case.tensor_names) <= {comparison.what for comparison in made}


def test_a_picture_that_nothing_describes_is_refused(spoilt):
    copied = spoilt("vae", "pre_image", "pre_image_ffmpeg7", "pre_video")
    copied.rename_tensor("pre_image_ffmpeg7", "gray", "grey")

    with pytest.raises(CaseError, match=r"pre_image\.json must say how grey was made"):
        list(check_pictures_newer(copied.case("pre_image_ffmpeg7")))


def test_a_missing_picture_is_named(spoilt):
    copied = spoilt("vae", "pre_image")
    copied.rewrite("pre_image", lambda document: document["cases"]["gray"].update(file="pre_image/none.png"))

    assert "none.png" in copied.verify("pre_image").problem


def test_every_rule_for_the_end_of_a_clip_is_compared():
    assert len(require_agreement(check_clip_rules(golden_case("vae/pre_rules")))) == 11
