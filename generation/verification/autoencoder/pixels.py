"""Bytes to numbers and back, for every byte and every bfloat16 number in range."""

from collections.abc import Iterator

import torch

from generation.vae.pixels import bytes_to_video, truncate_to_bytes
from generation.verification.case import GoldenCase
from generation.verification.measures import Comparison, compare
from generation.verification.tolerances import EXACT


def check_pixels(case: GoldenCase) -> Iterator[Comparison]:
    """Convert all that the tables list."""
    frames = case.tensor("enc_u8").view(1, -1, 1, 1).expand(-1, -1, -1, 3)
    for name, dtype in (("enc_norm_fp32", torch.float32), ("enc_norm_bf16", torch.bfloat16)):
        yield compare(name, bytes_to_video(frames, dtype)[0, 0].flatten(), case.tensor(name), EXACT)
    yield compare("dec_u8", truncate_to_bytes(case.tensor("dec_bf16")), case.tensor("dec_u8"), EXACT)
