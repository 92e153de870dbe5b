"""Pixels in and out, exhaustively."""

import pytest
import torch
from safetensors.torch import load_file

from generation.vae.pixels import bytes_to_video, round_to_bytes, truncate_to_bytes


@pytest.fixture(scope="module")
def golden(reference_root):
    return load_file(reference_root / "vae" / "vae_pixel_tables.safetensors")


def all_bytes():
    return torch.arange(256, dtype=torch.uint8).view(1, 16, 16, 1).expand(-1, -1, -1, 3)


@pytest.mark.parametrize(("dtype", "table"), [(torch.float32, "enc_norm_fp32"), (torch.bfloat16, "enc_norm_bf16")])
def test_every_byte_enters_as_released(golden, dtype, table):
    video = bytes_to_video(all_bytes(), dtype)

    assert video.shape == (1, 3, 1, 16, 16)
    assert torch.equal(video[0, 1].flatten(), golden[table])


def test_every_bfloat16_value_leaves_as_released(golden):
    assert torch.equal(truncate_to_bytes(golden["dec_bf16"]), golden["dec_u8"])


def test_every_byte_survives_the_round_trip_when_rounded():
    video = bytes_to_video(all_bytes(), torch.float32)

    assert torch.equal(round_to_bytes(video)[0].permute(1, 2, 3, 0), all_bytes())


def test_values_out_of_range_are_cut_off():
    values = torch.tensor([-3.0, -1.0, 1.0, 3.0])

    assert round_to_bytes(values).tolist() == [0, 0, 255, 255]
    assert truncate_to_bytes(values).tolist() == [0, 0, 255, 255]


def test_conversion_leaves_its_input_alone():
    values = torch.full((4,), 0.3)

    round_to_bytes(values)
    truncate_to_bytes(values)

    assert (values == 0.3).all()
