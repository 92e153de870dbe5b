"""What a clip was begun with, kept as text."""

import json

import pytest

from generation.contract.requests import GenerationRequest
from generation.errors import StateError
from generation.pipeline.clip_order import ClipOrder

ORDER = ClipOrder(
    request=GenerationRequest(prompts=("海", "waves"), seconds=2, width=32, height=24),
    flags=("--prompt", "海", "--seconds", "2"),
    folder="/somewhere",
    threads=2,
    software="Sceneloom 0",
)


def test_order_survives_being_written_down():
    assert ClipOrder.from_json(ORDER.to_json()) == ORDER


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("request", None), ("request", {"seconds": 0}), ("flags", [1]), ("flags", 5), ("folder", None),
        ("threads", "2"), ("threads", 0), ("threads", True), ("software", 1),
    ],
)  # fmt: skip
def test_other_kinds_of_values_are_refused(field, value):
    plain = {**json.loads(ORDER.to_json()), field: value}

    with pytest.raises(StateError, match="begun with"):
        ClipOrder.from_json(json.dumps(plain))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "[" * 100_000, '{"request": 1}'])
def test_other_texts_are_refused(text):
    with pytest.raises(StateError):
        ClipOrder.from_json(text)
