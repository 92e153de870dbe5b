"""Tables say of every tile what the mask says, whichever axis is in tiles."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels.attention.tiles import Axis, key_tiles, query_tiles
from kernels.planning.ranges import Range
from kernels.planning.slices import AttentionSlice, SliceKind
from tests.kernels.planning.golden_cases import CASES, cell_counts, slices_of

CPU = torch.device("cpu")


def walked(table, axis, other, *, over_keys):
    """How often each cell is walked and found visible; unchecked cells have to be visible in the whole tile."""
    counts = np.zeros((axis.length, other), dtype=int)
    for tile, (start, stop) in enumerate(zip(table.starts[:-1].tolist(), table.starts[1:].tolist(), strict=True)):
        own = np.arange(tile * axis.tile, min((tile + 1) * axis.tile, axis.length))[:, None]
        for numbers in table.stops[start:stop].tolist():
            first, last, left, left_lean, right, right_lean, begin, end, full_begin, full_end = numbers
            assert (full_end - full_begin) % axis.step == 0
            for low, high, checked in ((begin, full_begin, True), (full_begin, full_end, False), (full_end, end, True)):
                across = np.arange(low, high)[None]
                rows, keys = (across, own) if over_keys else (own, across)
                seen = (rows >= first) & (rows < last) & (keys >= left + left_lean * rows)
                seen = seen & (keys < right + right_lean * rows)
                assert checked or seen.all()
                counts[own[0, 0] : own[-1, 0] + 1, low:high] += seen
    return counts.T if over_keys else counts


@pytest.mark.parametrize("over_keys", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_golden_masks_are_walked_cell_by_cell(name, over_keys):
    case = CASES[name]
    shape = case["seqlen_q"], case["seqlen_k"]
    axis = Axis(length=shape[over_keys], tile=32, step=16)

    table = (key_tiles if over_keys else query_tiles)(slices_of(case), axis, CPU)

    counts = walked(table, axis, shape[not over_keys], over_keys=over_keys)
    assert np.array_equal(counts, cell_counts(slices_of(case), *shape))


@settings(max_examples=80, deadline=None)
@given(
    queries=st.tuples(st.integers(0, 40), st.integers(0, 40)),
    keys=st.tuples(st.integers(0, 40), st.integers(0, 40)),
    kind=st.sampled_from(SliceKind),
    tile=st.sampled_from([1, 8, 16]),
    over_keys=st.booleans(),
)
def test_any_slice_is_walked_cell_by_cell(queries, keys, kind, tile, over_keys):
    mask = (AttentionSlice(queries=Range(*sorted(queries)), keys=Range(*sorted(keys)), kind=kind),)
    axis = Axis(length=43, tile=tile, step=4)

    table = (key_tiles if over_keys else query_tiles)(mask, axis, CPU)

    assert np.array_equal(walked(table, axis, 43, over_keys=over_keys), cell_counts(mask, 43, 43))


def test_tiles_with_most_work_come_first():
    mask = (AttentionSlice(queries=Range(0, 64), keys=Range(0, 64), kind=SliceKind.CAUSAL),)

    table = query_tiles(mask, Axis(length=80, tile=16, step=16), CPU)

    assert table.order.tolist() == [3, 2, 1, 0, 4]


def test_whole_tiles_inside_a_full_slice_are_not_checked():
    mask = (AttentionSlice(queries=Range(0, 64), keys=Range(3, 99)),)

    table = query_tiles(mask, Axis(length=64, tile=32, step=16), CPU)

    assert table.stops[:, 6:].tolist() == [[3, 99, 3, 99]] * 2
