"""Element types: which may become which."""

import pytest
import torch

from generation.errors import WeightsError
from generation.weights.files.dtypes import NAMES, cast_problem, dtype_name, torch_dtype


def test_names_and_torch_types_correspond() -> None:
    for name in NAMES.values():
        assert dtype_name(torch_dtype(name)) == name


def test_types_that_weights_cannot_have_are_refused() -> None:
    with pytest.raises(WeightsError, match="float8_e5m2"):
        torch_dtype("float8_e5m2")
    with pytest.raises(WeightsError, match="int64"):
        dtype_name(torch.int64)


@pytest.mark.parametrize("stored", ["F32", "BF16", "F16", "F64"])
def test_floats_become_each_other_but_never_fp8(stored) -> None:
    assert all(cast_problem(stored, wanted) == "" for wanted in ("float32", "bfloat16", "float16"))
    assert "fp8 is never converted" in cast_problem(stored, "float8_e4m3fn")


def test_fp8_stays_fp8() -> None:
    assert cast_problem("F8_E4M3", "float8_e4m3fn") == ""
    assert "fp8 is never converted" in cast_problem("F8_E4M3", "bfloat16")


@pytest.mark.parametrize("stored", ["I64", "BOOL", "F8_E5M2", "U8"])
def test_other_types_are_no_weights(stored) -> None:
    assert stored in cast_problem(stored, "float32")
