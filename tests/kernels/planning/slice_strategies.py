"""Any small slice, with more queries than keys and empty ones among them."""

from hypothesis import strategies as st

from kernels.planning.ranges import Range
from kernels.planning.slices import AttentionSlice, SliceKind

SIZE = 14

ranges = st.tuples(st.integers(0, SIZE), st.integers(0, SIZE)).map(lambda ends: Range(min(ends), max(ends)))
slices = st.builds(AttentionSlice, queries=ranges, keys=ranges, kind=st.sampled_from(SliceKind))
