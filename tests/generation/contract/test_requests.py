"""A request that cannot be served is refused when it is made, naming the field; a good one survives JSON."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.contract.requests import (
    FRAMES_PER_SECOND,
    MAX_PROMPT_CHARACTERS,
    MAX_SECONDS,
    MAX_SEED,
    MAX_SIDE_PIXELS,
    ClipEnd,
    ControlTokens,
    Fit,
    GenerationRequest,
)
from generation.errors import RequestError

REQUEST = GenerationRequest(prompts=("waves roll in",), seconds=2, width=128, height=96)
PROMPTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seconds", 0),
        ("seconds", MAX_SECONDS + 1),
        ("seconds", 1.0),
        ("seconds", True),
        ("seconds", float("nan")),
        ("width", 15),
        ("width", "128"),
        ("height", MAX_SIDE_PIXELS + 1),
        ("seed", -1),
        ("seed", MAX_SEED + 1),
        ("seed", None),
        ("prefix_seconds", 0),
    ],
)
def test_number_out_of_range_is_refused_by_name(field, value):
    with pytest.raises(RequestError, match=f"^{field} must be a whole number in"):
        replace(REQUEST, **{field: value})


@pytest.mark.parametrize("prompt", ["", " \n\t", "x" * (MAX_PROMPT_CHARACTERS + 1), "\ud800", None])
def test_prompt_that_says_nothing_too_much_or_no_unicode_is_refused(prompt):
    with pytest.raises(RequestError, match=r"^prompt 1 must"):
        replace(REQUEST, prompts=(prompt,))


def test_wrong_prompt_is_named_by_its_place():
    with pytest.raises(RequestError, match=r"^prompt 2 must"):
        replace(REQUEST, prompts=("first", ""))


@pytest.mark.parametrize("count", [0, 3])
def test_prompts_are_one_for_the_clip_or_one_per_second(count):
    with pytest.raises(RequestError, match=r"one for the clip or one per second \(2\)"):
        replace(REQUEST, prompts=("again",) * count)


def test_image_and_video_together_are_refused():
    with pytest.raises(RequestError, match="leave one out"):
        replace(REQUEST, image_path="a.png", video_path="b.mp4")


def test_each_second_has_its_prompt():
    steered = replace(REQUEST, prompts=("first", "second"))

    assert [steered.prompt_of_second(second) for second in range(2)] == ["first", "second"]
    assert [REQUEST.prompt_of_second(second) for second in range(2)] == ["waves roll in"] * 2


def test_clip_has_24_frames_a_second():
    assert REQUEST.num_frames == 2 * FRAMES_PER_SECOND == 48


@given(
    prompts=st.lists(PROMPTS, min_size=3, max_size=3),
    size=st.tuples(st.integers(16, MAX_SIDE_PIXELS), st.integers(16, MAX_SIDE_PIXELS)),
    seed=st.integers(0, MAX_SEED),
    fit=st.sampled_from(Fit),
    end=st.sampled_from(ClipEnd),
    negative=st.booleans(),
)
def test_json_brings_back_the_same_request(prompts, size, seed, fit, end, negative):
    request = GenerationRequest(
        prompts=tuple(prompts), seconds=3, width=size[0], height=size[1], seed=seed, video_path="clip.mp4", fit=fit,
        clip_end=end, controls=ControlTokens(negative=negative),
    )  # fmt: skip

    assert GenerationRequest.from_json(request.to_json()) == request


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        "{}",
        '{"prompts": 3}',
        json.dumps({**json.loads(REQUEST.to_json()), "fit": "squeeze"}),
        json.dumps({**json.loads(REQUEST.to_json()), "controls": {"sparkle": True}}),
    ],
)
def test_anything_else_is_no_request(text):
    with pytest.raises(RequestError):
        GenerationRequest.from_json(text)


def test_unknown_field_is_named_not_dropped():
    text = json.dumps({**json.loads(REQUEST.to_json()), "sparkle": 1})

    with pytest.raises(RequestError, match="no field sparkle"):
        GenerationRequest.from_json(text)


def test_broken_value_in_json_keeps_its_own_message():
    text = json.dumps({**json.loads(REQUEST.to_json()), "seconds": 0})

    with pytest.raises(RequestError, match="seconds must be a whole number"):
        GenerationRequest.from_json(text)
