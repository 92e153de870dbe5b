"""The golden masks as slices, and a slow dense mask to compare with."""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from kernels.planning.ranges import Range
from kernels.planning.slices import AttentionSlice, SliceKind

FOLDER = Path(__file__).resolve().parents[2] / "reference" / "attention"
CASES = {case["name"]: case for case in json.loads((FOLDER / "golden_masks.json").read_text())["cases"]}


def slices_of(case) -> tuple[AttentionSlice, ...]:
    return tuple(
        AttentionSlice(queries=Range(*one["q"]), keys=Range(*one["k"]), kind=SliceKind[one["type"].upper()])
        for one in case["slices"]
    )


def golden_mask(case) -> np.ndarray:
    with np.load(FOLDER / "golden_masks.npz") as file:
        return np.unpackbits(file[case["name"]], axis=1, count=case["seqlen_k"]).astype(bool)


def cell_counts(slices: Iterable[AttentionSlice], queries: int, keys: int) -> np.ndarray:
    """How many slices show each cell, row by row."""
    counts = np.zeros((queries, keys), dtype=int)
    for part in slices:
        for query in range(*part.queries):
            counts[query, slice(*part.visible(query))] += 1
    return counts
