"""What a file is, by its name or by what it holds."""

import pytest

from generation.verification.kinds import KINDS, find_kind, is_input
from tests.support.golden import golden_case, golden_names

CASES = [name for name in [*golden_names("dit/*"), *golden_names("vae/*")] if not is_input(golden_case(name))]


@pytest.mark.parametrize("name", CASES)
def test_content_tells_the_same_kind_as_the_name(name):
    case = golden_case(name)

    by_content = next(kind for kind in KINDS if kind.recognises(case))

    assert by_content.check is find_kind(case).check


def test_every_kind_has_a_case_in_the_small_copy():
    assert {find_kind(golden_case(name)).prefix for name in CASES} == {kind.prefix for kind in KINDS}


def test_the_longest_beginning_of_a_name_decides(spoilt):
    copied = spoilt("vae", "pre_image_ffmpeg7", "pre_image")

    assert find_kind(copied.case("pre_image_ffmpeg7")).prefix == "pre_image_ffmpeg7"
    assert find_kind(copied.case("pre_image")).prefix == "pre_image"


@pytest.mark.parametrize(
    ("folder", "name", "beside"),
    [
        ("dit", "sampler_v2v_base_4b_exact2chunks", ()),
        ("dit", "bf16_forward_tiny4b", ()),
        ("vae", "t5_clean", ()),
        ("vae", "vae_pipeline_bf16", ("vae_pipeline_fp32",)),
        ("vae", "pre_image_ffmpeg7", ("pre_image", "pre_video")),
    ],
)
def test_a_renamed_case_is_recognised_and_compared(spoilt, folder, name, beside):
    copied = spoilt(folder, name, *beside)
    copied.rename(name, "held_out_17")

    result = copied.verify("held_out_17")

    assert result.passed, result.problem


def test_an_input_is_told_by_its_name_or_by_the_folder_it_describes(spoilt):
    copied = spoilt("vae", "INDEX", "tiny_t5", "pre_rules")
    copied.rename("tiny_t5", "another_encoder")

    assert is_input(copied.case("INDEX"))
    assert is_input(copied.case("another_encoder"))
    assert not is_input(copied.case("pre_rules"))


def test_a_description_of_a_folder_that_is_not_there_is_no_input(spoilt):
    copied = spoilt("vae", "tiny_t5")
    copied.rewrite("tiny_t5", lambda record: record.update(dir="elsewhere"))

    assert not is_input(copied.case("tiny_t5"))
    assert find_kind(copied.case("tiny_t5")) is None
