"""Attention over slices against the dense masked softmax, values and gradients."""

import pytest
import torch

from kernels.attention import op, reference
from kernels.errors import UnsupportedInput

# Sums in another order; in the low precisions one rounding of the result.
TOLERANCES = {torch.float64: 1e-12, torch.float32: 2e-6, torch.bfloat16: 8e-3, torch.float16: 1e-3}

SLICES = {
    "block causal": (((0, 5), (5, 10), (10, 15)), ((0, 5), (0, 10), (0, 15)), 15),
    "limited reach": (((0, 4), (4, 8), (8, 12)), ((0, 4), (0, 8), (4, 12)), 12),
    "cached keys": (((0, 63),), ((3, 70),), 70),
    "nobody looks": (((0, 3), (3, 6)), ((2, 2), (0, 6)), 6),
    "rows left out": (((2, 4), (7, 9)), ((0, 1), (1, 8)), 10),
    "empty queries": (((0, 0), (0, 3)), ((0, 2), (0, 3)), 3),
    "ragged": (((0, 1), (1, 64)), ((0, 1023), (1, 2)), 1023),
}


def draw(queries, keys, dtype, *, heads=(6, 2), batch=2, size=16):
    generator = torch.Generator().manual_seed(0)
    shapes = [
        (batch, length, number, size) for length, number in ((queries, heads[0]), (keys, heads[1]), (keys, heads[1]))
    ]
    return [torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype) for shape in shapes]


@pytest.mark.parametrize("name", SLICES)
@pytest.mark.parametrize("dtype", TOLERANCES)
def test_slices_equal_the_dense_mask(name, dtype):
    query_ranges, key_ranges, keys = SLICES[name]
    queries = 10 if name == "rows left out" else query_ranges[-1][1]
    inputs = draw(queries, keys, dtype)

    found = op.attention(*inputs, query_ranges=query_ranges, key_ranges=key_ranges)

    expected = reference.attention(*inputs, query_ranges=list(query_ranges), key_ranges=list(key_ranges))
    assert found.dtype == dtype
    torch.testing.assert_close(found, expected, rtol=TOLERANCES[dtype], atol=TOLERANCES[dtype])


@pytest.mark.parametrize("heads", [(1, 1), (4, 4), (6, 1), (8, 2)])
def test_heads_share_keys_in_groups(heads):
    inputs = draw(7, 9, torch.float64, heads=heads)

    found = op.attention(*inputs, query_ranges=((0, 7),), key_ranges=((0, 9),))

    expected = reference.attention(*inputs, query_ranges=[(0, 7)], key_ranges=[(0, 9)])
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("name", ["block causal", "limited reach", "rows left out", "nobody looks"])
def test_gradients_equal_those_of_the_dense_mask(name):
    query_ranges, key_ranges, keys = SLICES[name]
    queries = 10 if name == "rows left out" else query_ranges[-1][1]
    gradients = []
    for attention in (op.attention, reference.attention):
        inputs = [part.requires_grad_() for part in draw(queries, keys, torch.float64)]
        out = attention(*inputs, query_ranges=list(query_ranges), key_ranges=list(key_ranges))
        gradients.append(torch.autograd.grad(out.sin().sum(), inputs))

    for found, expected in zip(*gradients, strict=True):
        torch.testing.assert_close(found, expected)


def test_rows_without_keys_are_zero():
    inputs = draw(4, 4, torch.float32)

    found = op.attention(*inputs, query_ranges=((1, 3),), key_ranges=((2, 2),))

    assert (found == 0).all()


def test_mask_of_the_reference_is_what_the_slices_say():
    mask = reference.slice_mask([(0, 2), (2, 3)], [(0, 1), (1, 3)], (4, 3))

    assert mask.int().tolist() == [[1, 0, 0], [1, 0, 0], [0, 1, 1], [0, 0, 0]]


@pytest.mark.parametrize(
    ("query_ranges", "key_ranges"),
    [
        (((0, 5),), ((0, 4),)),
        (((0, 2), (1, 4)), ((0, 4), (0, 4))),
        (((2, 4), (0, 2)), ((0, 4), (0, 4))),
        (((0, 4),), ((0, 5),)),
        (((0, 4),), ((3, 2),)),
        (((0, 4),), ()),
    ],
)
def test_ranges_that_overlap_or_leave_the_tensors_are_refused(query_ranges, key_ranges):
    with pytest.raises(UnsupportedInput, match="range"):
        op.attention(*draw(4, 4, torch.float32), query_ranges=query_ranges, key_ranges=key_ranges)


def test_shapes_and_dtypes_that_do_not_fit_are_refused():
    query, key, value = draw(4, 4, torch.float32)
    whole = {"query_ranges": ((0, 4),), "key_ranges": ((0, 4),)}

    for wrong in (
        (query, key, value[:, :3]),
        (query[0], key[0], value[0]),
        (query[:, :, :5], key, value),
        (query[:1], key, value),
        (query.double(), key, value),
        (query.int(), key.int(), value.int()),
    ):
        with pytest.raises(UnsupportedInput):
            op.attention(*wrong, **whole)
