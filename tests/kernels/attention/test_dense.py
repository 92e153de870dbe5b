"""Where PyTorch's own attention can be called slice by slice."""

import pytest
import torch

from kernels.attention import reference
from kernels.attention.dense import attend_full_slices, attend_grouped, is_full_and_apart
from kernels.planning.masks import full_slices, packed
from kernels.planning.slices import SliceKind
from tests.kernels.attention.doctrine import draw

APART = full_slices([(7, 9), (2, 4), (0, 0), (4, 7)], [(1, 8), (0, 1), (0, 3), (3, 3)])


@pytest.mark.parametrize(
    ("mask", "simple"),
    [
        ((), True),
        (APART, True),
        (full_slices([(0, 4), (3, 6)], [(0, 4), (4, 8)]), False),
        # Without keys it shows nothing, so it stands in nobody's way.
        (full_slices([(0, 4), (3, 6)], [(0, 4), (4, 4)]), True),
        (packed([4, 4], kind=SliceKind.CAUSAL), False),
    ],
)
def test_masks_are_full_and_apart_or_not(mask, simple):
    assert is_full_and_apart(mask) is simple


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_slices_in_any_order_leave_gaps_of_zero(dtype):
    inputs = draw(11, 8, heads=(6, 2), dtype=dtype)

    found = attend_full_slices(*inputs, APART)

    # One rounding of the result in the narrow dtype, sums in another order in the others.
    tolerance = {torch.float64: 1e-12, torch.float32: 2e-6, torch.bfloat16: 8e-3}[dtype]
    torch.testing.assert_close(found.double(), reference.attention(*inputs, APART).out, rtol=tolerance, atol=tolerance)
    assert found.dtype == dtype
    assert (found[:, [0, 1, 4, 5, 6, 9, 10]] == 0).all()


def test_grouped_heads_lie_along_the_tokens():
    query, key, value = draw(5, 9, heads=(6, 2))
    grouped = query.view(1, 5, 2, 3, 16).transpose(2, 3)

    found = attend_grouped(grouped, key, value)

    whole = reference.attention(query, key, value, full_slices([(0, 5)], [(0, 9)])).out
    torch.testing.assert_close(found.transpose(2, 3).reshape(query.shape), whole)
    assert (attend_grouped(grouped, key[:, :0], value[:, :0]) == 0).all()
