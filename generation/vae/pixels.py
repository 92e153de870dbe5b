"""Bytes to numbers and back: the two ways a decoded value becomes a pixel."""

import torch
from torch import Tensor
from torch.nn import functional as F


def bytes_to_video(frames: Tensor, dtype: torch.dtype) -> Tensor:
    """Bring frames to the range the encoder knows.

    Args:
        frames: ``(T, H, W, 3)`` uint8.
        dtype: The encoder's; rounded to once, at the end.

    Returns:
        ``(1, 3, T, H, W)`` in [-1, 1].

    Source:
        Spec vae §3.7, §4.4.
    """
    values = frames.permute(3, 0, 1, 2)[None].to(torch.float32, memory_format=torch.contiguous_format)
    return values.div_(127.5).sub_(1).to(dtype)


def shrink_video(video: Tensor, factor: int) -> Tensor:
    """Show an encoder a smaller video than its decoder makes: antialiased bicubic, frame by frame.

    Args:
        video: ``(B, C, T, H, W)``; H and W are multiples of ``factor``.
        factor: 1 gives the video itself.

    Returns:
        ``(B, C, T, H / factor, W / factor)`` in the same dtype, not beyond [-1, 1].
    """
    if factor == 1:
        return video
    batch, channels, _, height, width = video.shape
    frames = video.transpose(1, 2).flatten(0, 1).float()
    size = (height // factor, width // factor)
    smaller = F.interpolate(frames, size=size, mode="bicubic", antialias=True, align_corners=False)
    return smaller.clamp_(-1, 1).reshape(batch, -1, channels, *size).transpose(1, 2).to(video.dtype)


def truncate_to_bytes(values: Tensor) -> Tensor:
    """Make pixels as released: arithmetic in the values' own dtype, cut off instead of rounded.

    In bfloat16 the products are so coarse that bright pixels come out rounded and dark ones floored.

    Args:
        values: Any shape, about [-1, 1], finite.

    Source:
        Spec vae §3.7.
    """
    return values.mul(127.5).add_(127.5).clamp_(0, 255).to(torch.uint8)


def round_to_bytes(values: Tensor) -> Tensor:
    """Make pixels by rounding to the nearest level in float32; half a level more faithful than truncation.

    Args:
        values: Any shape, about [-1, 1], finite.
    """
    return values.float().mul(127.5).add_(127.5).round_().clamp_(0, 255).to(torch.uint8)
