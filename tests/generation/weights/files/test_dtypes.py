"""Element types: which may become which."""

import pytest

from generation.weights.files.dtypes import cast_problem


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
