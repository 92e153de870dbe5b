"""The position table at other grids than its own."""

import pytest
import torch
from safetensors.torch import load_file

from generation.vae.position import resize_positions
from generation.verification.autoencoder.positions import check_positions
from tests.support.golden import golden_case, require_agreement


@pytest.fixture(scope="module")
def golden(reference_root):
    return load_file(reference_root / "vae" / "vae_posembed.safetensors")


def with_class_row(table):
    return torch.cat((torch.full((1, 1, table.shape[-1]), 7.0, dtype=table.dtype), table), dim=1)


def test_resized_tables_are_the_released_ones():
    case = golden_case("vae/vae_posembed")

    made = {comparison.what for comparison in require_agreement(check_positions(case))}

    assert made == {name for name in case.tensor_names if "to_" in name}


def test_class_row_is_never_resized(golden):
    resized = resize_positions(with_class_row(golden["pe_4x8x8"]), (4, 8, 8), (2, 3, 5))

    assert (resized[:, 0] == 7).all()


def test_native_grid_uses_the_table_itself(golden):
    table = with_class_row(golden["pe_4x8x8"])

    assert resize_positions(table, (4, 8, 8), (4, 8, 8)) is table
