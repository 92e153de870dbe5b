import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.errors import UnsupportedInput
from kernels.planning import masks
from kernels.planning.slices import SliceKind
from tests.kernels.planning.golden_cases import CASES, cell_counts, golden_mask

GOLDEN = {
    "varlen_block_causal": (
        *masks.block_causal(100, block=32),
        *masks.block_causal(160, block=32, offset=100),
        *masks.block_causal(60, block=32, offset=260),
    ),
    "sliding_causal_w48": masks.sliding_window(256, left=48, right=0),
    "sliding_two_sided_24_9": masks.sliding_window(200, left=24, right=9),
    "sliding_wide_150_120": masks.sliding_window(200, left=150, right=120),
    "sliding_causal_with_global_prefix": masks.causal_window_with_global(192, left=32, global_keys=16),
    "prefix_lm": masks.prefix_lm(160, prefix=48),
    "magi_video_train_kvr_all": masks.block_causal(240, block=40),
    "magi_video_train_kvr3": masks.block_causal(288, block=36, span=3),
    "magi_video_packed_3clips": (
        *masks.block_causal(120, block=30, span=4),
        *masks.block_causal(150, block=50, span=2, offset=120),
        *masks.block_causal(110, block=22, span=5, offset=270),
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_builder_makes_the_golden_mask(name):
    case = CASES[name]

    counts = cell_counts(GOLDEN[name], case["seqlen_q"], case["seqlen_k"])

    assert np.array_equal(counts, golden_mask(case))


@pytest.mark.parametrize(("name", "kind"), [("varlen_full_packed", SliceKind.FULL),
                                            ("varlen_causal_packed", SliceKind.CAUSAL)])  # fmt: skip
def test_packed_documents_make_the_golden_mask(name, kind):
    case = CASES[name]
    lengths = [part["q"][1] - part["q"][0] for part in case["slices"]]

    counts = cell_counts(masks.packed(lengths, kind=kind), case["seqlen_q"], case["seqlen_k"])

    assert np.array_equal(counts, golden_mask(case))


@given(st.integers(0, 12), st.integers(-1, 14), st.integers(-1, 14), st.integers(0, 3))
def test_window_shows_exactly_its_neighbours(length, left, right, offset):
    mask = masks.sliding_window(length, left=left, right=right, offset=offset)

    row, key = np.indices((length, length))
    expected = ((left == -1) | (key >= row - left)) & ((right == -1) | (key <= row + right))
    counts = cell_counts(mask, length + offset, length + offset)
    assert np.array_equal(counts[offset:, offset:], expected)
    assert counts[:offset].sum() == counts[:, :offset].sum() == 0
    assert len(mask) <= 3


@given(st.integers(0, 12), st.integers(0, 14), st.integers(0, 14))
def test_global_keys_are_seen_by_all_that_come_later(length, left, global_keys):
    mask = masks.causal_window_with_global(length, left=left, global_keys=global_keys)

    row, key = np.indices((length, length))
    assert np.array_equal(cell_counts(mask, length, length), (key <= row) & ((key >= row - left) | (key < global_keys)))


def test_window_below_minus_one_is_refused():
    with pytest.raises(UnsupportedInput, match="at least -1"):
        masks.sliding_window(4, left=-2, right=0)


@pytest.mark.parametrize(("block", "span"), [(0, None), (4, 0)])
def test_blocks_and_spans_are_at_least_one(block, span):
    with pytest.raises(UnsupportedInput, match="at least 1"):
        masks.block_causal(8, block=block, span=span)
