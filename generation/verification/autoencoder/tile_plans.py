"""Where tiles lie at real sizes, in which order, and which process computes which: integers only."""

from collections.abc import Iterator
from itertools import product

from generation.vae.tiling import assign_tiles, released_tiles, released_windows
from generation.verification.case import GoldenCase
from generation.verification.measures import Comparison, compare_fact, compare_facts
from generation.verification.record import CaseError, Record

# The released tile of 256 px and half a second at 24 frames per second, in cells; a quarter overlaps.
TILE_CELLS = 32
TILE_FRAMES = 12
OVERLAP = 0.25
SPACE_FACTOR = 8
TIME_FACTOR = 4


def check_tile_plans(case: GoldenCase) -> Iterator[Comparison]:
    """Plan everything again."""
    record = case.record
    for name, sizes in record.named_records("geometry").items():
        for size, axes in ((size, sizes.record(size)) for size in sizes.names):
            yield from _check_axes(f"{name} {size}", size, axes, decoding="decode" in name)
    for number, share in enumerate(record.records("rank_assignment")):
        ranks = [list(indices) for indices in assign_tiles(share.integers("tile_numel"), share.integer("world_size"))]
        yield compare_fact(f"processes {number}", ranks, share.raw("per_rank"))
        gathered = [index for indices in ranks for index in indices]
        yield compare_facts(f"gathered {number}", gathered, share.integers("gather_order"))
    for number, place in enumerate(record.records("index") if "index" in record else []):
        raster = list(product(*map(range, place.integers("loop"))))
        yield compare_facts(f"raster {number}", raster[place.integer("index")], place.integers("undot"))
        yield compare_fact(f"index {number}", raster.index(tuple(place.integers("undot"))), place.integer("dot"))


def _check_axes(what: str, size: str, axes: Record, *, decoding: bool) -> Iterator[Comparison]:
    """Tiles of one size ``HxWxT`` in pixels; they are listed in latents where they are decoded, and so is T."""
    sides = size.split("x")
    if len(sides) != 3 or not all(side.isdigit() for side in sides):
        raise CaseError(f"{what}: a size must be HxWxT, got {size!r}")
    height, width, frames = (int(side) for side in sides)
    unit, window = (1, TILE_FRAMES // TIME_FACTOR) if decoding else (SPACE_FACTOR, TILE_FRAMES)
    windows = [[part.start, part.stop] for part in released_windows(frames, window=window)]
    yield compare_facts(f"{what} T", windows, [list(pair) for pair in axes.pairs("T")])
    for axis, pixels in (("H", height), ("W", width)):
        cells = pixels // SPACE_FACTOR
        tiles = [
            [tile.start * unit, tile.stop * unit] for tile in released_tiles(cells, tile=TILE_CELLS, overlap=OVERLAP)
        ]
        # Pixels at the border that fill no cell are read in the released code, but make no latent.
        side = cells if decoding else pixels
        golden = [[start, cells * unit if stop == side else stop] for start, stop in axes.pairs(axis)]
        yield compare_facts(f"{what} {axis}", tiles, golden)
