"""The released tiled encoder and decoder, one tile after the other: the slow twin of :mod:`generation.vae.spatial`.

Also blends in time, which no policy here does but the released functions can. Everything is kept until the end.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import torch
from torch import Tensor

from generation.vae.vae import VideoVAE

Index = tuple[int, int, int]
TIME_AXIS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class TileSettings:
    """Size of a tile in frames and pixels, and the share of it that overlaps."""

    frames: int = 16
    height: int = 256
    width: int = 256
    spatial_overlap: float = 0.25
    temporal_overlap: float = 0.0

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Tile size along time, height and width."""
        return (self.frames, self.height, self.width)

    @property
    def overlaps(self) -> tuple[float, float, float]:
        """Overlap along time, height and width."""
        return (self.temporal_overlap, self.spatial_overlap, self.spatial_overlap)


def encode_tile_by_tile(vae: VideoVAE, video: Tensor, settings: TileSettings) -> Tensor:
    """Encode a video in tiles; every tile fades in from its already faded neighbours.

    Args:
        vae: The autoencoder.
        video: ``(B, 3, T, H, W)`` in [-1, 1].
        settings: Tiles in frames and pixels.

    Returns:
        Mode latents ``(B, Z, t, h, w)``, unscaled.

    Source:
        Spec vae §3.
    """
    sizes, overlaps = settings.sizes, settings.overlaps
    strides = [int(size * (1 - overlap)) for size, overlap in zip(sizes, overlaps, strict=True)]
    latent = [size // patch for size, patch in zip(sizes, vae.encoder.patch, strict=True)]
    blends = [int(size * overlap) for size, overlap in zip(latent, overlaps, strict=True)]
    tiles = _run_tiles(vae.encode, video, sizes, strides)
    for index in tiles:
        tiles[index] = _fade(tiles[index], index, tiles, blends)
    return _join(tiles, [size - blend for size, blend in zip(latent, blends, strict=True)])


def decode_tile_by_tile(vae: VideoVAE, latents: Tensor, settings: TileSettings) -> Tensor:
    """Decode latents in tiles; every tile fades in from its neighbours as the network gave them.

    Args:
        vae: The autoencoder.
        latents: ``(B, Z, t, h, w)``, unscaled.
        settings: Tiles in frames and pixels.

    Returns:
        Video ``(B, 3, T, H, W)``; a tile of one latent frame gives one frame.

    Source:
        Spec vae §3.
    """
    patch, overlaps = vae.encoder.patch, settings.overlaps
    sizes = [size // cell for size, cell in zip(settings.sizes, patch, strict=True)]
    strides = [int(size * (1 - overlap)) for size, overlap in zip(sizes, overlaps, strict=True)]
    pixels = [size * cell for size, cell in zip(sizes, patch, strict=True)]
    blends = [int(size * overlap) for size, overlap in zip(pixels, overlaps, strict=True)]
    tiles = _run_tiles(vae.decode, latents, sizes, strides)
    faded = {index: _fade(tile.float(), index, tiles, blends).to(tile.dtype) for index, tile in tiles.items()}
    return _join(faded, [size - blend for size, blend in zip(pixels, blends, strict=True)])


def _run_tiles(
    network: Callable[[Tensor], Tensor], inputs: Tensor, sizes: list[int] | Index, strides: list[int]
) -> dict[Index, Tensor]:
    """Results by tile index, in raster order."""
    starts = [range(0, extent, stride) for extent, stride in zip(inputs.shape[2:], strides, strict=True)]
    tiles = {}
    for index in product(*(range(len(axis)) for axis in starts)):
        cut = inputs
        for axis in range(3):
            start = starts[axis][index[axis]]
            cut = cut.narrow(axis + TIME_AXIS, start, min(sizes[axis], inputs.shape[axis + TIME_AXIS] - start))
        tiles[(index[0], index[1], index[2])] = network(cut)
    return tiles


def _fade(tile: Tensor, index: Index, neighbours: dict[Index, Tensor], blends: list[int]) -> Tensor:
    tile = tile.clone()
    for axis in range(3):
        if index[axis] == 0:
            continue
        before = [index[other] - (other == axis) for other in range(3)]
        previous = neighbours[(before[0], before[1], before[2])]
        for new, old, weight in _facing_slices(tile, previous, axis + TIME_AXIS, blends[axis]):
            new.copy_(old.to(tile.dtype) * (1 - weight) + new * weight)
    return tile


def _facing_slices(tile: Tensor, previous: Tensor, axis: int, blend: int) -> Iterator[tuple[Tensor, Tensor, float]]:
    extent = min(previous.shape[axis], tile.shape[axis], blend)
    for step in range(extent):
        yield tile.select(axis, step), previous.select(axis, previous.shape[axis] - extent + step), step / extent


def _join(tiles: dict[Index, Tensor], limits: list[int]) -> Tensor:
    counts = [1 + max(index[axis] for index in tiles) for axis in range(3)]
    slabs = []
    for time in range(counts[0]):
        rows = []
        for row in range(counts[1]):
            cuts = [tiles[(time, row, column)] for column in range(counts[2])]
            rows.append(torch.cat([cut[:, :, : limits[0], : limits[1], : limits[2]] for cut in cuts], dim=4))
        slabs.append(torch.cat(rows, dim=3))
    return torch.cat(slabs, dim=TIME_AXIS)
