"""The golden dispatch cases, and small workloads of any mask with single cover."""

import json

from hypothesis import assume
from hypothesis import strategies as st

from kernels.errors import UnsupportedInput
from kernels.planning.cover import check_single_cover
from kernels.planning.ranges import Range
from kernels.planning.slices import AttentionSlice, SliceKind
from kernels.planning.workload import measure
from tests.kernels.planning.golden_cases import FOLDER
from tests.kernels.planning.slice_strategies import SIZE, slices

BASELINE = FOLDER / "dispatch_baseline.json"
DOCUMENT = json.loads(BASELINE.read_text())
CASES = {f"{case['name']}-{case['cp_size']}": case for case in DOCUMENT["results_default_chunk"]}


def mask_of(case):
    return tuple(
        AttentionSlice(queries=Range(*one["q"]), keys=Range(*one["k"]), kind=SliceKind[one["type"].upper()])
        for one in DOCUMENT["slices"][case["name"]]
    )


def workload_of(case):
    return measure(mask_of(case), rows=case["seqlen"], chunk_rows=case["chunk_size"])


@st.composite
def masks(draw):
    """Slices without double cover."""
    mask = tuple(draw(st.lists(slices, max_size=4)))
    try:
        check_single_cover(mask)
    except UnsupportedInput:
        assume(False)
    return mask


@st.composite
def workloads(draw):
    """A mask, its workload in at least two chunks, and a number of ranks."""
    mask = draw(masks())
    work = measure(mask, rows=SIZE, chunk_rows=draw(st.integers(1, SIZE // 2)))
    return mask, work, draw(st.integers(1, len(work.chunks)))
