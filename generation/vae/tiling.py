"""Where tiles lie: integers only, so that every plan can be checked without a model.

A tile reads ``[start, stop)`` along one axis and is shown from ``seam`` up to the next tile's seam. Over its first
``blend`` cells after the seam it fades in from the tile before. All along one axis are *cells*: latent rows, columns or
frames; an encoder reads ``patch`` pixels per cell, a decoder writes as many.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from generation.errors import ConfigError


@dataclass(frozen=True, kw_only=True, slots=True)
class AxisTile:
    """One tile along one axis, in cells."""

    # What is read: [start, stop).
    start: int
    stop: int
    # First cell shown from this tile, and how many from there are a mixture with the tile before.
    seam: int
    blend: int
    # One past the last cell shown: the next tile's seam.
    shown_until: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeWindow:
    """One forward along time: reads ``[start, stop)`` and keeps ``[keep_start, keep_stop)`` of it."""

    start: int
    stop: int
    # How often the last frame read is read again, in place of frames that do not exist yet.
    repeats: int = 0
    keep_start: int
    keep_stop: int


def released_tiles(length: int, *, tile: int, overlap: float) -> tuple[AxisTile, ...]:
    """Tiles at a fixed stride, the last ones cut off by the border.

    A side of exactly one tile gets two: the second is the small overlap at its end, with little context.

    Args:
        length: Cells along the axis, at least 1.
        tile: Cells of a tile, at least 1.
        overlap: Share of a tile, in [0, 1).

    Raises:
        ConfigError: If nothing of a tile is left to step by.

    Source:
        Spec vae §3.2.
    """
    shared = _shared_cells(tile, overlap)
    starts = range(0, length, tile - shared)
    reads = [(start, min(start + tile, length)) for start in starts]
    seams = [(start, shared) for start in starts]
    return _join(length, reads, seams)


def covering_tiles(length: int, *, tile: int, overlap: float) -> tuple[AxisTile, ...]:
    """The fewest full tiles that cover an axis with at least the asked overlap, evenly spread.

    One tile if it fits. All tiles have the same size, so they run as one batch, and none is a narrow strip with little
    context. The fade lies in the middle of each overlap, as far from both tiles' borders as it can.

    Args:
        length: Cells along the axis, at least 1.
        tile: Cells of a tile, at least 1.
        overlap: Share of a tile, in [0, 1/3]: more, and three tiles would fade into each other at once.

    Raises:
        ConfigError: If the overlap is out of range.
    """
    shared = _shared_cells(tile, overlap)
    if 3 * shared > tile:
        raise ConfigError(f"covering tiles may share at most a third of a tile, got {shared} of {tile} cells")
    if length <= tile:
        return _join(length, [(0, length)], [(0, 0)])
    count = 1 + -(-(length - tile) // (tile - shared))
    starts = [round(index * (length - tile) / (count - 1)) for index in range(count)]
    reads = [(start, start + tile) for start in starts]
    seams = [(0, 0)]
    for (_, previous_stop), (start, _) in pairwise(reads):
        seams.append((start + (previous_stop - start - shared) // 2, shared))
    return _join(length, reads, seams)


def _shared_cells(tile: int, overlap: float) -> int:
    shared = int(tile * overlap)
    if tile < 1 or not 0 <= shared < tile:
        raise ConfigError(f"a tile must be at least 1 cell and overlap by less than itself, got {tile} and {overlap}")
    return shared


def _join(length: int, reads: Sequence[tuple[int, int]], seams: Sequence[tuple[int, int]]) -> tuple[AxisTile, ...]:
    """Put the parts of a plan together; a fade ends where either tile does, and the first tile has none."""
    tiles = []
    for index, ((start, stop), (seam, blend)) in enumerate(zip(reads, seams, strict=True)):
        both_until = min(stop, reads[index - 1][1]) if index else seam
        shown_until = seams[index + 1][0] if index + 1 < len(seams) else length
        tiles.append(
            AxisTile(start=start, stop=stop, seam=seam, blend=min(blend, both_until - seam), shown_until=shown_until)
        )
    return tuple(tiles)


def released_windows(length: int, *, window: int) -> tuple[TimeWindow, ...]:
    """Stretches of time one after the other from the start, each kept whole; the last may be short.

    Args:
        length: Latent frames or frames, at least 1.
        window: The same unit, at least 1.

    Source:
        Spec vae §3.4.
    """
    stops = [(start, min(start + window, length)) for start in range(0, length, window)]
    return tuple(TimeWindow(start=start, stop=stop, keep_start=start, keep_stop=stop) for start, stop in stops)


def seamless_decode_windows(
    length: int, *, context: int, chunk: int, run: int, left: int, right: int
) -> tuple[TimeWindow, ...]:
    """Windows that show ``run`` new latent frames each and see some on either side that they do not show.

    No window sees past its chunk: what is missing on the right there is the chunk's last latent frame again. What is
    missing on the left, at the start of a clip, is made up for on the right.

    Args:
        length: Latent frames at hand, context included, at least 1.
        context: How many of them come first and are not shown, in ``[0, length)``.
        chunk: Latent frames per chunk; chunks begin after the context.
        run: Latent frames shown per window, a divisor of ``chunk``.
        left: Latent frames seen before those shown, where there are as many.
        right: Latent frames seen after those shown.
    """
    return tuple(
        window
        for start in range(context, length, chunk)
        for window in _chunk_windows(start, min(start + chunk, length), run=run, left=left, right=right)
    )


def _chunk_windows(chunk_start: int, chunk_stop: int, *, run: int, left: int, right: int) -> list[TimeWindow]:
    windows: list[TimeWindow] = []
    for keep_start in range(chunk_start, chunk_stop, run):
        start, keep_stop = max(0, keep_start - left), min(keep_start + run, chunk_stop)
        stop = min(start + left + run + right, chunk_stop + right)
        if windows and windows[-1].start == start:
            # The same view again: show more of it instead of computing it twice.
            keep_start = windows.pop().keep_start
        windows.append(
            TimeWindow(
                start=start,
                stop=min(stop, chunk_stop),
                repeats=max(0, stop - chunk_stop),
                keep_start=keep_start,
                keep_stop=keep_stop,
            )
        )
    return windows


def seamless_encode_windows(length: int, *, run: int) -> tuple[TimeWindow, ...]:
    """Windows of ``run`` latent frames counted back from the end of a clip.

    The end is what gets continued, so it always lies in full windows. What remains at the start is encoded with the
    frames after it in view, and only that remainder is kept.

    Args:
        length: Latent frames, at least 1.
        run: Latent frames per window, at least 1.
    """
    first = length % run
    rest = [TimeWindow(start=0, stop=min(run, length), keep_start=0, keep_stop=first)] if first else []
    starts = range(first, length, run)
    full = [TimeWindow(start=start, stop=start + run, keep_start=start, keep_stop=start + run) for start in starts]
    return (*rest, *full)


def assign_tiles(sizes: Sequence[int], ranks: int) -> tuple[tuple[int, ...], ...]:
    """Share tiles among processes: the largest first, in turn.

    Args:
        sizes: Elements of each tile, in raster order.
        ranks: Processes, at least 1.

    Returns:
        Per process the indices of its tiles, in the order it computes them.

    Source:
        Spec vae §3.6.
    """
    order = sorted(range(len(sizes)), key=lambda index: -sizes[index])
    return tuple(tuple(order[rank::ranks]) for rank in range(ranks))
