"""The position table at other grids than its own."""

import pytest
import torch
from safetensors.torch import load_file

from generation.vae.position import resize_positions

GRIDS = [(3, 8, 8), (1, 8, 8), (2, 5, 7), (3, 18, 8), (4, 8, 1), (6, 10, 12), (1, 1, 1)]


@pytest.fixture(scope="module")
def golden(reference_root):
    return load_file(reference_root / "vae" / "vae_posembed.safetensors")


def with_class_row(table):
    return torch.cat((torch.full((1, 1, table.shape[-1]), 7.0, dtype=table.dtype), table), dim=1)


@pytest.mark.parametrize("grid", GRIDS)
def test_resized_table_is_the_released_one(golden, grid):
    resized = resize_positions(with_class_row(golden["pe_4x8x8"]), (4, 8, 8), grid)

    torch.testing.assert_close(resized[:, 1:], golden["to_{}x{}x{}".format(*grid)], atol=1e-6, rtol=0)


@pytest.mark.parametrize("grid", [(3, 8, 8), (2, 5, 7)])
def test_resized_bfloat16_table_is_within_one_step_of_the_released_one(golden, grid):
    table = with_class_row(golden["pe_4x8x8"].bfloat16())

    resized = resize_positions(table, (4, 8, 8), grid)

    assert resized.dtype is torch.bfloat16
    torch.testing.assert_close(resized[:, 1:], golden["bf16.to_{}x{}x{}".format(*grid)], atol=1e-3, rtol=2**-7)


def test_class_row_is_never_resized(golden):
    resized = resize_positions(with_class_row(golden["pe_4x8x8"]), (4, 8, 8), (2, 3, 5))

    assert (resized[:, 0] == 7).all()


def test_native_grid_uses_the_table_itself(golden):
    table = with_class_row(golden["pe_4x8x8"])

    assert resize_positions(table, (4, 8, 8), (4, 8, 8)) is table
