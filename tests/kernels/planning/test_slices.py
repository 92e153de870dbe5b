import hashlib

import numpy as np
import pytest
from hypothesis import given

from kernels.errors import UnsupportedInput
from kernels.planning.ranges import Range
from kernels.planning.slices import AttentionSlice, SliceKind
from tests.kernels.planning.golden_cases import CASES, cell_counts, golden_mask, slices_of
from tests.kernels.planning.slice_strategies import SIZE, slices


def test_all_golden_masks_are_here():
    assert len(CASES) == 33


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_golden_mask_is_reproduced_bit_for_bit(case):
    mask = slices_of(case)

    counts = cell_counts(mask, case["seqlen_q"], case["seqlen_k"])

    assert np.array_equal(counts == 1, golden_mask(case))
    assert counts.max(initial=0) <= 1
    assert hashlib.sha256(np.packbits(counts == 1, axis=1).tobytes()).hexdigest() == case["sha256"]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_golden_areas_are_equal(case):
    areas = [part.area for part in slices_of(case)]

    assert areas == case["slice_areas"]
    assert sum(areas) == case["area"]


@given(slices)
def test_area_is_the_number_of_visible_cells(part):
    assert part.area == cell_counts([part], SIZE, SIZE).sum()


def test_a_band_far_narrower_than_its_queries_has_no_area():
    part = AttentionSlice(queries=Range(0, 9), keys=Range(0, 3), kind=SliceKind.BI_CAUSAL)

    assert part.area == 0


def test_negative_range_is_refused():
    with pytest.raises(UnsupportedInput, match="keys of a slice"):
        AttentionSlice(queries=Range(0, 1), keys=Range(-1, 1))
