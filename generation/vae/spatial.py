"""Running a network tile by tile over a picture: batched, in bounded memory.

Tiles run row by row. Equal-shaped neighbours in a row share a forward, at most ``max_tiles`` at a time, and only two
rows of results are kept for blending: what a large picture costs is time, not memory.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from generation.vae.blending import MIXTURES, BlendRule, fade_in
from generation.vae.tiling import AxisTile

ROWS_AXIS, COLUMNS_AXIS = 3, 4


@dataclass(frozen=True, kw_only=True, slots=True)
class SpatialPlan:
    """Tiles of a picture: those of every row and of every column, and the units on either side of the network."""

    rows: tuple[AxisTile, ...]
    columns: tuple[AxisTile, ...]
    # Elements per cell of what the network reads and of what it writes.
    read_scale: int
    write_scale: int
    rule: BlendRule
    # Tiles per forward, at least 1.
    max_tiles: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    """A finished rectangle of the result."""

    rows: slice
    columns: slice
    # (B, C, T, rows, columns).
    values: Tensor


def run_tiled(network: Callable[[Tensor], Tensor], inputs: Tensor, plan: SpatialPlan) -> Iterator[Region]:
    """Apply a network to a picture that is too large for one forward.

    Args:
        network: Maps ``(B, C, T, H, W)`` to another such tensor, element by element of the batch.
        inputs: ``(B, C, T, H, W)``, whole cells.
        plan: Where tiles lie and how they blend.

    Yields:
        Rectangles in raster order that together cover the result once.

    Source:
        Spec vae §3.3; :mod:`generation.vae.reference` is the slow twin.
    """
    above: list[Tensor] = []
    for index, row in enumerate(plan.rows):
        tiles = _run_row(network, inputs, row, plan)
        for position, column in enumerate(plan.columns):
            tile = tiles[position]
            if plan.rule is BlendRule.RAW and (index or position):
                # The tiles after this one fade from it as the network gave it.
                tile = tile.clone()
            if index:
                _fade_along(ROWS_AXIS, tile, above[position], row, plan.rows[index - 1], plan)
            if position:
                left = tiles[position - 1]
                _fade_along(COLUMNS_AXIS, tile, left, column, plan.columns[position - 1], plan)
            yield _shown(tile, row, column, plan.write_scale)
        above = tiles


def _run_row(network: Callable[[Tensor], Tensor], inputs: Tensor, row: AxisTile, plan: SpatialPlan) -> list[Tensor]:
    """All tiles of one row, in order; neighbours of the same width share a forward."""
    scale = plan.read_scale
    strip = inputs[:, :, :, row.start * scale : row.stop * scale]
    results: list[Tensor] = []
    for group in _equal_neighbours(plan.columns, plan.max_tiles):
        cuts = [strip[..., column.start * scale : column.stop * scale] for column in group]
        outputs = network(torch.cat(cuts) if len(cuts) > 1 else cuts[0])
        results += outputs.chunk(len(cuts))
    return results


def _equal_neighbours(columns: Sequence[AxisTile], limit: int) -> Iterator[list[AxisTile]]:
    group: list[AxisTile] = []
    for column in columns:
        if group and (len(group) == limit or column.stop - column.start != group[0].stop - group[0].start):
            yield group
            group = []
        group.append(column)
    yield group


def _fade_along(
    axis: int, tile: Tensor, previous: Tensor, place: AxisTile, previous_place: AxisTile, plan: SpatialPlan
) -> None:
    scale = plan.write_scale
    fade_in(
        tile,
        previous,
        axis=axis,
        at=(place.seam - place.start) * scale,
        previous_at=(place.seam - previous_place.start) * scale,
        extent=place.blend * scale,
        mix=MIXTURES[plan.rule],
    )


def _shown(tile: Tensor, row: AxisTile, column: AxisTile, scale: int) -> Region:
    def within(place: AxisTile) -> slice:
        return slice((place.seam - place.start) * scale, (place.shown_until - place.start) * scale)

    def outside(place: AxisTile) -> slice:
        return slice(place.seam * scale, place.shown_until * scale)

    values = tile[:, :, :, within(row), within(column)]
    return Region(rows=outside(row), columns=outside(column), values=values)
