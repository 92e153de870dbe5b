"""Pixels in and out, exhaustively."""

import torch

from generation.vae.pixels import bytes_to_video, round_to_bytes, shrink_video, truncate_to_bytes
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


def test_shrinking_keeps_even_colours_and_averages_out_fine_stripes():
    stripes = torch.ones(2, 3, 2, 8, 12)
    stripes[..., ::2] = -1

    smaller = shrink_video(stripes, 2)

    assert smaller.shape == (2, 3, 2, 4, 6)
    assert smaller[..., 1:-1].abs().max() < 0.2
    assert torch.allclose(shrink_video(torch.full((1, 3, 1, 4, 4), 0.3), 2), torch.full((1, 3, 1, 2, 2), 0.3))


def test_shrinking_works_frame_by_frame_and_by_one_does_nothing():
    video = torch.rand(1, 3, 3, 8, 8, generator=torch.Generator().manual_seed(0)) * 2 - 1

    assert shrink_video(video, 1) is video
    apart = torch.cat([shrink_video(video[:, :, frame : frame + 1], 2) for frame in range(3)], dim=2)
    assert torch.allclose(shrink_video(video, 2), apart, atol=1e-6)
