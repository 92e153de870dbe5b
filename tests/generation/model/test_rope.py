"""Rotary positions against the golden tables."""

import pytest
import torch
from safetensors.torch import load_file

from generation.model.rope import RotaryTable, rotate, rotate_in_place, space_positions, time_positions
from generation.verification.transformer.checkpoints import load_golden_transformer


@pytest.mark.parametrize("tag", ["tiny4b", "tiny24b"])
def test_tables_equal_the_golden_ones_bit_for_bit(reference_root, tag):
    model = load_golden_transformer(reference_root / "dit" / f"ckpt_{tag}")
    golden = load_file(reference_root / "dit" / f"modules_{tag}.safetensors")
    tables = {name: table for name, table in golden.items() if name.startswith("rope.T")}

    for name, expected in tables.items():
        grid = tuple(int(side[1:]) for side in name.removeprefix("rope.").split("_"))
        assert torch.equal(torch.cat(model.rope(grid, 0), dim=-1), expected), name
    assert len(tables) == 4


def test_window_is_the_end_of_the_table_that_starts_with_the_clip():
    model_bands = torch.tensor([1.0, 0.1])
    whole, window = time_positions(18, 0), time_positions(6, 12)

    torch.testing.assert_close(whole[12:, None] * model_bands, window[:, None] * model_bands)


def test_time_counts_frames_and_space_is_centred():
    assert time_positions(1, 0).tolist() == [0.0]
    torch.testing.assert_close(time_positions(3, 4), torch.tensor([4.0, 5.0, 6.0]))
    assert space_positions(1, 1).tolist() == [0.0]
    torch.testing.assert_close(space_positions(16, 256), torch.arange(16) - 7.5)
    torch.testing.assert_close(space_positions(5, 40).sum(), torch.tensor(0.0))


def test_scores_depend_on_the_distance_in_time_only():
    generator = torch.Generator().manual_seed(0)
    query, key = torch.randn(2, 1, 1, 1, 16, generator=generator, dtype=torch.float64)
    bands = torch.tensor([1.0, 0.3, 0.2, 0.1, 0.05, 0.01], dtype=torch.float64)

    def turned(inputs, position):
        angles = (position * bands)[None]
        return rotate(inputs, RotaryTable(angles.sin(), angles.cos()))

    near = (turned(query, 3.0) * turned(key, 1.0)).sum()
    far = (turned(query, 40.0) * turned(key, 38.0)).sum()
    torch.testing.assert_close(near, far)


@pytest.mark.parametrize("shape", [(2, 5, 3, 16), (1, 5, 2, 3, 16)])
def test_rotation_in_place_equals_the_plain_one(shape):
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(shape, generator=generator)
    angles = torch.randn(5, 6, generator=generator)
    table = RotaryTable(angles.sin(), angles.cos())
    expected = rotate(inputs.flatten(2, -2), table).view(shape)

    rotate_in_place(inputs, table)

    torch.testing.assert_close(inputs, expected)
