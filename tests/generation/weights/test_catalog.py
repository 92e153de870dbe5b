"""The public checkpoints: one for every released preset, with the published layout and sizes."""

import pytest

from generation.errors import ConfigError
from generation.presets import PRESETS, WeightsOrigin
from generation.weights.catalog import CHECKPOINTS, PartKind, find_checkpoint


def test_every_released_preset_has_a_checkpoint_and_no_other() -> None:
    released = [name for name, preset in PRESETS.items() if preset.origin is WeightsOrigin.RELEASED]

    assert list(CHECKPOINTS) == released


def test_an_unknown_or_random_preset_is_answered_with_the_names_there_are() -> None:
    for name in ("tiny", "magi_5b"):
        with pytest.raises(ConfigError, match="magi_24b_distill_fp8"):
            find_checkpoint(name)


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("magi_4_5b_base", "ckpt/magi/4.5B_base/inference_weight"),
        ("magi_4_5b_distill", "ckpt/magi/4.5B_distill/inference_weight.distill"),
        ("magi_4_5b_distill_fp8", "ckpt/magi/4.5B_distill_quant/inference_weight.fp8.distill"),
        ("magi_24b_base", "ckpt/magi/24B_base/inference_weight"),
        ("magi_24b_distill", "ckpt/magi/24B_distill/inference_weight.distill"),
        ("magi_24b_distill_fp8", "ckpt/magi/24B_distill_quant/inference_weight.fp8.distill"),
    ],
)
def test_parts_stand_where_the_hub_has_them(name, folder) -> None:
    parts = find_checkpoint(name).parts

    assert [part.kind for part in parts] == list(PartKind)
    assert [part.remote_folder for part in parts] == [folder, "ckpt/vae", "ckpt/t5/t5-v1_1-xxl"]


def test_all_checkpoints_together_have_about_the_published_size() -> None:
    parts = {part.remote_folder: part.num_bytes for checkpoint in CHECKPOINTS.values() for part in checkpoint.parts}

    assert abs(sum(parts.values()) / 172e9 - 1) < 0.05
    assert find_checkpoint("magi_4_5b_base").num_bytes == 8_960_000_000 + 2_460_000_000 + 19_000_000_000


def test_hardware_is_said_in_a_sentence() -> None:
    assert find_checkpoint("magi_4_5b_distill_fp8").hardware == (
        "1 x RTX 4090, or any GPU with 24 GB; at least 12 GB of memory per GPU with window_size 1"
    )
