"""From frames to scaled latents and back as released: half a second per tile, pixels cut off."""

import re
from collections.abc import Iterator

import torch
from torch import Tensor

from generation.config import ChunkPolicy
from generation.vae.codec import FrameCodec
from generation.vae.reference import TileSettings, decode_tile_by_tile
from generation.vae.vae import VideoVAE
from generation.verification.autoencoder.checkpoint import (
    compare_numbers,
    find_autoencoder,
    load_golden_autoencoder,
)
from generation.verification.case import GoldenCase
from generation.verification.measures import Comparison, compare
from generation.verification.tolerances import BFLOAT16, BFLOAT16_SINGLE, FEW_LEVELS, LEVELS

FRAMES_PER_SECOND = 24
OTHER_RATE = re.compile(r"fps(\d+)_.*")


@torch.no_grad()
def check_pipeline(case: GoldenCase) -> Iterator[Comparison]:
    """Encode and decode in float32."""
    vae = load_golden_autoencoder(find_autoencoder(case))
    for label in _labels(case, "latent_scaled"):
        latents = _codec(vae, label).encode(case.tensor(f"{label}.input_thwc_u8"))
        yield from compare_numbers(case, f"{label}.latent_scaled", latents, case.tensor(f"{label}.latent_scaled"))
    for label in _labels(case, "frames_u8_tchw"):
        latents, name = case.tensor(f"{label}.z_scaled"), f"{label}.frames_u8_tchw"
        found, expected = _frames(vae, label, latents), case.tensor(name)
        yield compare(name, found, expected, LEVELS)
        yield compare(f"{name}, how many", found, expected, FEW_LEVELS)
    for label in _labels(case, "frames_float_tchw"):
        latents, name = case.tensor(f"{label}.z_scaled"), f"{label}.frames_float_tchw"
        yield from compare_numbers(case, name, _values(vae, label, latents), case.tensor(name))


@torch.no_grad()
def check_narrow_pipeline(case: GoldenCase) -> Iterator[Comparison]:
    """Encode and decode in bfloat16 what the float32 case beside it holds."""
    vae = load_golden_autoencoder(find_autoencoder(case), dtype="bfloat16")
    given = case.beside(case.name.replace("bf16", "fp32"), lambda other: _inputs(case) <= set(other.tensor_names))

    def make(label: str, result: str) -> Tensor:
        if result == "latent_scaled":
            return _codec(vae, label).encode(given.tensor(f"{label}.input_thwc_u8"))
        latents = given.tensor(f"{label}.z_scaled")
        return _frames(vae, label, latents) if result == "frames_u8_tchw" else _values(vae, label, latents)

    for result in ("latent_scaled", "frames_u8_tchw", "frames_float_tchw"):
        for label in _labels(case, result):
            name = f"{label}.{result}"
            found, expected = make(label, result), case.tensor(name)
            yield compare(name, found, expected, BFLOAT16)
            yield compare(f"{name}, single numbers", found, expected, BFLOAT16_SINGLE)


def _labels(case: GoldenCase, result: str) -> list[str]:
    return [match[1] for match in case.matching(rf"(.+)\.{result}")]


def _inputs(case: GoldenCase) -> set[str]:
    """Tensors from which the results of a case are made."""
    encoded, decoded = _labels(case, "latent_scaled"), _labels(case, "frames_u8_tchw")
    return {f"{label}.input_thwc_u8" for label in encoded} | {f"{label}.z_scaled" for label in decoded}


def _rate(label: str) -> int:
    match = OTHER_RATE.fullmatch(label)
    return FRAMES_PER_SECOND if match is None else int(match[1])


def _codec(vae: VideoVAE, label: str) -> FrameCodec:
    return FrameCodec(vae, ChunkPolicy.REFERENCE, fps=_rate(label))


def _frames(vae: VideoVAE, label: str, latents: Tensor) -> Tensor:
    """Pixels, ``(T, 3, H, W)`` uint8."""
    return _codec(vae, label).decode_chunk(latents).permute(0, 3, 1, 2)


def _values(vae: VideoVAE, label: str, latents: Tensor) -> Tensor:
    """What pixels are made from, ``(T, 3, H, W)``; by the slow twin, since the codec keeps none of it."""
    unscaled = (latents.float() / vae.config.latent_scale).to(vae.dtype)
    return decode_tile_by_tile(vae, unscaled, TileSettings(frames=_rate(label) // 2))[0].transpose(0, 1)
