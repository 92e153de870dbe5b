"""Reading an atlas is reading the halved picture itself."""

import pytest
import torch
import torch.nn.functional as F

from generation.training.corpus.atlas import atlas_shape, build_atlas, mirrored, num_levels, read_atlas


@pytest.fixture
def picture():
    return torch.rand(3, 64, 64, generator=torch.Generator().manual_seed(1))


def places(count, size, seed):
    generator = torch.Generator().manual_seed(seed)
    x = torch.rand(1, 2, 3, count, generator=generator) * size
    return x, torch.rand(1, 2, 3, count, generator=generator) * size


def read_halved(picture, x, y, level):
    """The obvious twin: halve the whole picture, then look up."""
    for _ in range(level):
        picture = F.avg_pool2d(picture[None], 2)[0]
    scale = 2.0**-level / picture.shape[-1] * 2
    grid = torch.stack((x * scale - 1, y * scale - 1), dim=-1).view(1, -1, x.shape[-1], 2)
    read = F.grid_sample(picture[None], grid, padding_mode="border", align_corners=False)
    return read.view(1, picture.shape[0], *x.shape[1:])


@pytest.mark.parametrize("level", range(5))
def test_a_whole_level_reads_the_halved_picture(picture, level):
    x, y = places(50, 64, level)

    read = read_atlas(build_atlas(picture)[None], 64, x, y, torch.full((1, 2), float(level)))

    torch.testing.assert_close(read, read_halved(picture, x, y, level), atol=2e-5, rtol=0)


def test_a_level_between_two_mixes_them(picture):
    x, y = places(20, 64, 7)

    read = read_atlas(build_atlas(picture)[None], 64, x, y, torch.full((1, 2), 1.25))

    mixed = 0.75 * read_halved(picture, x, y, 1) + 0.25 * read_halved(picture, x, y, 2)
    torch.testing.assert_close(read, mixed, atol=2e-5, rtol=0)


def test_frames_may_have_levels_of_their_own(picture):
    x, y = places(20, 64, 8)
    atlas = build_atlas(picture)[None]

    read = read_atlas(atlas, 64, x, y, torch.tensor([[0.0, 3.0]]))

    torch.testing.assert_close(read[:, :, 0], read_halved(picture, x, y, 0)[:, :, 0], atol=2e-5, rtol=0)
    torch.testing.assert_close(read[:, :, 1], read_halved(picture, x, y, 3)[:, :, 1], atol=2e-5, rtol=0)


def test_the_edges_of_a_level_show_nothing_of_its_neighbours(picture):
    corners = torch.tensor([0.0, 64.0]).view(1, 1, 1, 2)
    atlas = build_atlas(torch.full_like(picture, 0.5))[None]

    for level in range(num_levels(64)):
        read = read_atlas(atlas, 64, corners, corners, torch.full((1, 1), float(level)))
        torch.testing.assert_close(read, torch.full_like(read, 0.5))


@pytest.mark.parametrize("size", [8, 64, 512, 4096])
def test_all_levels_fit(size):
    height, width = atlas_shape(size)
    strip = sum(size // 2**level + 2 for level in range(1, num_levels(size)))

    assert strip <= height
    assert size + 2 + size // 2 + 2 <= width


def test_places_outside_are_mirrored_and_inside_left_alone():
    place = torch.tensor([-3.0, 0.0, 0.1, 63.9, 64.0, 70.0, 300.0])

    torch.testing.assert_close(
        mirrored(place, 64), torch.tensor([3.0, 0.0, 0.1, 63.9, 64.0, 58.0, 0.0]), atol=0, rtol=0
    )
