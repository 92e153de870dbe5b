"""Frames as bytes and as the numbers an autoencoder sees, in batches."""

import torch
from torch import Tensor

from generation.vae.pixels import round_to_bytes


def to_video(frames: Tensor) -> Tensor:
    """Turn uint8 ``(B, T, H, W, 3)`` into float32 ``(B, 3, T, H, W)`` in [-1, 1]."""
    values = frames.permute(0, 4, 1, 2, 3).to(torch.float32, memory_format=torch.contiguous_format)
    return values.div_(127.5).sub_(1)


def to_frames(video: Tensor) -> Tensor:
    """Turn ``(B, 3, T, H, W)`` in [-1, 1] into uint8 ``(B, T, H, W, 3)``."""
    return round_to_bytes(video).permute(0, 2, 3, 4, 1)
