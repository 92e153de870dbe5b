"""Pixels in and out, exhaustively."""

import torch

from generation.vae.pixels import bytes_to_video, round_to_bytes, truncate_to_bytes
from generation.verification.autoencoder.pixels import check_pixels
from tests.support.golden import golden_case, require_agreement


def all_bytes():
    return torch.arange(256, dtype=torch.uint8).view(1, 16, 16, 1).expand(-1, -1, -1, 3)


def test_every_byte_enters_and_every_bfloat16_value_leaves_as_released():
    require_agreement(check_pixels(golden_case("vae/vae_pixel_tables")))


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
