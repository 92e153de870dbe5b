"""Messages survive JSON, and what is none is refused."""

import pytest

from generation.contract.messages import (
    AdvanceRequest,
    CutLatents,
    CutVideo,
    Message,
    StageDropped,
    TakeSpec,
    cancel_key,
    own_queue,
    stage_folder,
)
from generation.errors import RequestError

SPEC = TakeSpec(
    preset="tiny", prompts=("a", "海"), seconds=2, width=64, height=48, seed=1,
    video=CutVideo(init_key="i", fragment_keys=("f1", "f2"), frames=30),
)  # fmt: skip
REQUEST = AdvanceRequest(take_id="t", token=3, stage=0, spec=SPEC, state_key="", texts_key="", context_key="")


def test_a_request_survives_json_with_its_origin():
    assert AdvanceRequest.from_json(REQUEST.to_json()) == REQUEST


def test_stored_latents_survive_json():
    spec = TakeSpec(
        preset="tiny", prompts=("a",), seconds=1, width=64, height=48, seed=1,
        latents=CutLatents(chunk_keys=("a", "b"), latent_frames=9),
    )  # fmt: skip
    request = AdvanceRequest(take_id="t", token=3, stage=0, spec=spec, state_key="", texts_key="", context_key="")

    assert AdvanceRequest.from_json(request.to_json()).spec == spec


def test_any_message_is_read_by_its_kind():
    message = StageDropped(take_id="t", token=1, worker="w", stage=2, reason="cancelled")

    assert Message.from_json(message.to_json()) == message


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"kind": "Nothing"},
        {"kind": "StageDropped"},
        {"kind": "StageDropped", "take_id": "t", "token": 1, "worker": "w", "stage": 2, "reason": "x", "more": 1},
        {"kind": "AdvanceRequest", "spec": {"prompts": None}},
    ],
)
def test_what_is_no_message_is_refused(data):
    with pytest.raises(RequestError):
        Message.from_json(data)


def test_a_message_of_another_kind_is_refused():
    message = StageDropped(take_id="t", token=1, worker="w", stage=2, reason="cancelled")

    with pytest.raises(RequestError, match="must be a AdvanceRequest"):
        AdvanceRequest.from_json(message.to_json())


def test_keys_and_queues_tell_leases_and_workers_apart():
    assert stage_folder("t", 1) != stage_folder("t", 2)
    assert cancel_key("t").startswith("takes/t/")
    assert own_queue("w1") == "generation.w1"


def test_every_kind_of_message_survives_json():
    """A field that is called like the kind would take its place."""
    from dataclasses import fields

    assert [name for name, kind in Message.kinds.items() if "kind" in {field.name for field in fields(kind)}] == []
