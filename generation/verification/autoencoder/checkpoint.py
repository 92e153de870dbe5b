"""A tiny autoencoder in the released layout, and comparisons by the rule that its cases state."""

import re
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from generation.vae.vae import VideoVAE
from generation.verification.case import GoldenCase
from generation.verification.measures import Comparison, compare, compare_each
from generation.verification.record import CaseError, Record
from generation.verification.tolerances import FLOAT32, STATED, Elementwise
from generation.weights.loading import load_into
from generation.weights.vae_config import read_vae_config
from generation.weights.vae_keys import vae_dtype_map, vae_key_map

WEIGHTS_FILE = "diffusion_pytorch_model.safetensors"
NUMBER = r"(\d+(?:\.\d+)?(?:e-?\d+)?)"
STATED_RULE = re.compile(rf"\babs {NUMBER} \+ rel {NUMBER}")


def find_autoencoder(case: GoldenCase) -> Path:
    """The folder of the autoencoder that lies beside a case.

    Raises:
        CaseError: If there is none, or more than one.
    """
    found = [path.parent for path in case.files(f"*/{WEIGHTS_FILE}")]
    if len(found) != 1:
        raise CaseError(
            f"one folder with {WEIGHTS_FILE} must lie beside {case.name}, got {[path.name for path in found]}"
        )
    return found[0]


def load_golden_autoencoder(folder: Path, *, dtype: str = "float32") -> VideoVAE:
    """Load an autoencoder as released ones are.

    Args:
        folder: With its ``config.json`` and weights.
        dtype: It runs in.

    Raises:
        WeightsError: If anything is missing or does not fit.
    """
    config = read_vae_config(folder, name=folder.name)
    with torch.device("meta"):
        vae = VideoVAE(config)
    keys, dtypes = vae_key_map(config), vae_dtype_map(config, dtype)
    load_into(vae, folder / WEIGHTS_FILE, key_map=keys, dtype_map=dtypes, device="cpu")
    return vae.requires_grad_(requires_grad=False)


def stated_rule(record: Record) -> Elementwise | None:
    """What a case allows for each number, if it says so."""
    match = STATED_RULE.search(record.text_or("tolerance", ""))
    return None if match is None else Elementwise(absolute=float(match[1]), relative=float(match[2]))


def compare_numbers(case: GoldenCase, what: str, found: Tensor, expected: Tensor) -> Iterator[Comparison]:
    """Compare float32 numbers by the house's rule, and by what the case states."""
    yield compare(what, found, expected, FLOAT32)
    allowed = stated_rule(case.record)
    if allowed is not None:
        yield compare_each(f"{what}, number by number", found, expected, allowed, STATED)


def video_of(pixels: Tensor) -> Tensor:
    """Bytes ``(B, 3, T, H, W)`` as the encoder wants them."""
    return pixels.float() / 127.5 - 1
