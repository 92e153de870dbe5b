"""A mask row by row: for each query, the few intervals of keys that it sees. What a kernel without slices can take."""

from collections.abc import Sequence

import torch
from torch import Tensor

from kernels.planning.slices import AttentionSlice


def row_intervals(mask: Sequence[AttentionSlice], rows: int, *, device: torch.device | None = None) -> Tensor:
    """The intervals of all queries, in as few columns as slices over one query need.

    Args:
        mask: Slices within the rows.
        rows: Queries.
        device: Where the intervals are to be.

    Returns:
        ``(rows, M, 2)`` int32, ``[start, stop)`` each, in no order; empty ones have ``stop <= start``. M is at least 1.
    """
    columns: list[int] = []
    placed: list[tuple[int, AttentionSlice]] = []
    for part in sorted(mask, key=lambda part: part.queries):
        if not part.queries.length:
            continue
        # The first column that no slice over these queries uses any more.
        column = next((index for index, stop in enumerate(columns) if stop <= part.queries.start), len(columns))
        columns[column:] = [part.queries.stop, *columns[column + 1 :]]
        placed.append((column, part))
    intervals = torch.zeros(rows, max(1, len(columns)), 2, dtype=torch.int32)
    for column, part in placed:
        offsets = torch.arange(part.queries.length, dtype=torch.int32)
        start, stop = part.queries
        intervals[start:stop, column, 0] = part.keys.start + (offsets if part.kind.left_moves else 0)
        intervals[start:stop, column, 1] = part.keys.stop - (offsets.flip(0) if part.kind.right_moves else 0)
    return intervals.to(device)
