"""Our names of element types and torch's: one to one."""

import pytest
import torch

from generation.errors import WeightsError
from generation.weights.files.dtypes import NAMES
from generation.weights.files.torch_dtypes import dtype_name, torch_dtype


def test_names_and_torch_types_correspond() -> None:
    for name in NAMES.values():
        assert dtype_name(torch_dtype(name)) == name


def test_types_that_weights_cannot_have_are_refused() -> None:
    with pytest.raises(WeightsError, match="float8_e5m2"):
        torch_dtype("float8_e5m2")
    with pytest.raises(WeightsError, match="int64"):
        dtype_name(torch.int64)
