"""The released tiled encoder and decoder, blending in time included: our slow twin of them."""

from collections.abc import Iterator

import torch

from generation.vae.reference import TileSettings, decode_tile_by_tile, encode_tile_by_tile
from generation.verification.autoencoder.checkpoint import (
    compare_numbers,
    find_autoencoder,
    load_golden_autoencoder,
    video_of,
)
from generation.verification.case import GoldenCase
from generation.verification.measures import Comparison
from generation.verification.record import Record

# The released code's way to say that a picture is not cut.
NO_SPATIAL_TILES = 100_000


@torch.no_grad()
def check_tiled_encoder(case: GoldenCase) -> Iterator[Comparison]:
    """Encode every video of a case in its tiles."""
    vae = load_golden_autoencoder(find_autoencoder(case))
    for name, arguments in case.record.named_records("cases").items():
        video = video_of(case.tensor(f"{name}.input_u8"))
        latents = encode_tile_by_tile(vae, video, golden_tiles(arguments))
        yield from compare_numbers(case, f"{name}.latent", latents, case.tensor(f"{name}.latent"))


@torch.no_grad()
def check_tiled_decoder(case: GoldenCase) -> Iterator[Comparison]:
    """Decode all latents of a case in their tiles."""
    vae = load_golden_autoencoder(find_autoencoder(case))
    for name, arguments in case.record.named_records("cases").items():
        video = decode_tile_by_tile(vae, case.tensor(f"{name}.z"), golden_tiles(arguments))
        yield from compare_numbers(case, f"{name}.out", video, case.tensor(f"{name}.out"))


def golden_tiles(arguments: Record) -> TileSettings:
    """The released function's arguments in our words, with its defaults for those left out."""

    def integer(name: str, default: int) -> int:
        return arguments.integer(name) if name in arguments else default

    def number(name: str, default: float) -> float:
        return arguments.number(name) if name in arguments else default

    spatial = arguments.flag("allow_spatial_tiling", default=False)
    return TileSettings(
        frames=integer("tile_sample_min_length", 16),
        height=integer("tile_sample_min_height", 256) if spatial else NO_SPATIAL_TILES,
        width=integer("tile_sample_min_width", 256) if spatial else NO_SPATIAL_TILES,
        spatial_overlap=number("spatial_tile_overlap_factor", 0.25),
        temporal_overlap=number("temporal_tile_overlap_factor", 0.0),
    )
