"""The position table at other grids than its own."""

import re
from collections.abc import Iterator

import torch

from generation.vae.position import Grid, resize_positions
from generation.verification.case import GoldenCase
from generation.verification.measures import Comparison, compare, compare_each
from generation.verification.record import CaseError
from generation.verification.tolerances import BFLOAT16_STEP, POSITIONS, Elementwise

TABLE = re.compile(r"pe_(\d+)x(\d+)x(\d+)")
RESIZED = re.compile(r"(bf16\.)?to_(\d+)x(\d+)x(\d+)")
# A step of bfloat16 is at most this share of a value; next to zero float32's own error counts.
ONE_STEP = Elementwise(absolute=POSITIONS.limit, relative=2**-7)


def check_positions(case: GoldenCase) -> Iterator[Comparison]:
    """Resize the table to every grid of the case."""
    tables = [match for match in map(TABLE.fullmatch, case.tensor_names) if match]
    if len(tables) != 1:
        raise CaseError(f"{case.name} must hold one table pe_TxHxW, got {len(tables)}")
    native, table = _grid(tables[0].groups()), case.tensor(tables[0][0])
    # The class token's row is never resized, and the case leaves it out.
    table = torch.cat((torch.zeros_like(table[:, :1]), table), dim=1)
    for match in filter(None, map(RESIZED.fullmatch, case.tensor_names)):
        grid, expected = _grid(match.groups()[1:]), case.tensor(match[0])
        if match[1]:
            found = resize_positions(table.to(expected.dtype), native, grid)[:, 1:]
            yield compare_each(match[0], found, expected, ONE_STEP, BFLOAT16_STEP)
        else:
            yield compare(match[0], resize_positions(table, native, grid)[:, 1:], expected, POSITIONS)


def _grid(sizes: tuple[str, ...]) -> Grid:
    frames, rows, columns = (int(size) for size in sizes)
    return frames, rows, columns
