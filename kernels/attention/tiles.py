"""A mask as a GPU walks it: for every tile of queries the slices over it, and for every tile of keys the same.

One program takes one tile through all its slices with its sums in registers, so nothing is added up by several
programs: no atomics, and the same bytes in every run. Tiles with much to do are started first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from kernels.planning.cutting import trim
from kernels.planning.ranges import Range
from kernels.planning.slices import AttentionSlice

TABLES_KEPT = 128
# Query rows of the slice; left and right edge, base and lean each: query row r sees keys from base + lean * r on, up
# to base + lean * r; then the loop over the other axis, and the part of it in which no cell has to be checked.
NUMBERS_PER_STOP = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Axis:
    """One axis of the mask in tiles, and the step in which the other one is walked."""

    length: int
    tile: int
    step: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TileTable:
    """What tiles do; int32, on the device of the kernel.

    ``stops`` are ``(E, 10)``; those of tile t are rows ``starts[t]`` to ``starts[t + 1]``; ``order`` are the tiles.
    """

    stops: Tensor
    starts: Tensor
    order: Tensor


@lru_cache(maxsize=TABLES_KEPT)
def query_tiles(mask: tuple[AttentionSlice, ...], axis: Axis, device: torch.device) -> TileTable:
    """For each tile of queries, the keys of every slice over it."""
    return _table(mask, axis, device, over_keys=False)


@lru_cache(maxsize=TABLES_KEPT)
def key_tiles(mask: tuple[AttentionSlice, ...], axis: Axis, device: torch.device) -> TileTable:
    """For each tile of keys, the queries of every slice over it."""
    return _table(mask, axis, device, over_keys=True)


def _table(mask: Sequence[AttentionSlice], axis: Axis, device: torch.device, *, over_keys: bool) -> TileTable:
    live = [part for part in map(trim, mask) if part is not None]
    live.sort(key=lambda part: (part.queries, part.keys))
    tiles = -(-axis.length // axis.tile)
    stops: list[list[tuple[int, ...]]] = [[] for _ in range(tiles)]
    work = [0] * tiles
    for part in live:
        for tile, loop, full in _stops(part, axis, over_keys=over_keys):
            stops[tile].append((*part.queries, *_edges(part), *loop, *full))
            work[tile] += loop.length
    starts = [0]
    for tile_stops in stops:
        starts.append(starts[-1] + len(tile_stops))
    order = sorted(range(tiles), key=lambda tile: -work[tile])
    flat = torch.tensor([stop for tile_stops in stops for stop in tile_stops], dtype=torch.int32)
    return TileTable(
        stops=flat.view(-1, NUMBERS_PER_STOP).to(device),
        starts=torch.tensor(starts, dtype=torch.int32, device=device),
        order=torch.tensor(order, dtype=torch.int32, device=device),
    )


def _stops(part: AttentionSlice, axis: Axis, *, over_keys: bool) -> Iterator[tuple[int, Range, Range]]:
    """Tiles that a slice lies over; the other axis to walk in each, and where every cell of the tile is visible."""
    own = part.keys if over_keys else part.queries
    seen = _queries_of if over_keys else _keys_of
    for tile in range(own.start // axis.tile, (own.stop - 1) // axis.tile + 1):
        whole = Range(tile * axis.tile, min((tile + 1) * axis.tile, axis.length))
        inside = Range(max(whole.start, own.start), min(whole.stop, own.stop))
        top, bottom = seen(part, inside.start), seen(part, inside.stop - 1)
        loop = Range(min(top.start, bottom.start), max(top.stop, bottom.stop))
        first = max(top.start, bottom.start)
        steps = max(0, min(top.stop, bottom.stop) - first) // axis.step if inside == whole else 0
        # Without a full step all is walked as edge, up to the end.
        full = Range(first, first + steps * axis.step) if steps else Range(loop.stop, loop.stop)
        yield tile, loop, full


def _keys_of(part: AttentionSlice, query: int) -> Range:
    return part.visible(query)


def _queries_of(part: AttentionSlice, key: int) -> Range:
    """The queries that see a key of a trimmed slice."""
    left_base, left_lean, right_base, right_lean = _edges(part)
    start = max(part.queries.start, key - right_base + 1) if right_lean else part.queries.start
    stop = min(part.queries.stop, key - left_base + 1) if left_lean else part.queries.stop
    return Range(start, stop)


def _edges(part: AttentionSlice) -> tuple[int, int, int, int]:
    """Left and right edge as lines in the query row: base and lean each."""
    left, right = int(part.kind.left_moves), int(part.kind.right_moves)
    return (
        part.keys.start - left * part.queries.start,
        left,
        part.keys.stop - right * (part.queries.stop - 1),
        right,
    )
