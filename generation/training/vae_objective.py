"""What the autoencoder is trained for: pixels, edges at several scales, and latents near a unit Gaussian.

Source: method A.6 (L1 + KL + a perceptual term). The perceptual term here needs no downloaded network: differences of
neighbouring pixels and frames, compared on a pyramid, which is what keeps edges and texture from being averaged away.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from generation.errors import ConfigError

# Keeps the gradient of a root finite at 0.
_LEAST_SQUARE = 1e-8


@dataclass(frozen=True, kw_only=True, slots=True)
class VAELossWeights:
    """How much each term counts."""

    gradient: float = 1.0
    pyramid_levels: int = 3
    kl: float = 1e-5
    # Of roots of mean squares, which large errors decide: of the pixels, and of what changes from frame to frame.
    square: float = 0.0
    motion: float = 0.0
    # The same of what changes across the joint of two windows.
    joint: float = 0.0

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: Naming the field that is wrong.
        """
        if min(self.gradient, self.kl, self.square, self.motion, self.joint) < 0 or self.pyramid_levels < 1:
            raise ConfigError(f"loss weights must be 0 or more and pyramid_levels 1 or more, got {self}")


@dataclass(frozen=True, kw_only=True, slots=True)
class VAELoss:
    """The terms of one batch; ``total`` is what is minimised."""

    l1: Tensor
    gradient: Tensor
    kl: Tensor
    square: Tensor
    motion: Tensor
    total: Tensor


def vae_loss(output: Tensor, target: Tensor, mean: Tensor, logvar: Tensor, weights: VAELossWeights) -> VAELoss:
    """The training loss of one batch.

    Args:
        output: Decoded video, ``(B, 3, T, H, W)``, about [-1, 1].
        target: The video that was encoded, same shape, in [-1, 1].
        mean: Posterior mean, ``(B, Z, t, h, w)``.
        logvar: Posterior log-variance, same shape.
        weights: How much each term counts.
    """
    output, target = output.float(), target.float()
    l1 = F.l1_loss(output, target)
    gradient = pyramid_gradient_loss(output, target, levels=weights.pyramid_levels)
    mean, logvar = mean.float(), logvar.float()
    kl = 0.5 * (mean.square() + logvar.exp() - 1 - logvar).mean()
    square = root_mean_square(output - target)
    motion = pyramid_motion_loss(output, target, levels=weights.pyramid_levels)
    total = l1 + weights.gradient * gradient + weights.kl * kl + weights.square * square + weights.motion * motion
    return VAELoss(l1=l1, gradient=gradient, kl=kl, square=square, motion=motion, total=total)


def pyramid_gradient_loss(output: Tensor, target: Tensor, *, levels: int) -> Tensor:
    """Mean absolute difference of spatial and temporal gradients, summed over a pyramid of halved sizes.

    Args:
        output: ``(B, 3, T, H, W)``.
        target: The same shape.
        levels: Pyramid levels; each halves height and width, and stops before 8 pixels.
    """
    error = output - target
    loss = error.new_zeros(())
    for _ in range(levels):
        for axis in (-1, -2, -3):
            if error.shape[axis] > 1:
                # The gradient of a difference is the difference of the gradients.
                loss = loss + error.diff(dim=axis).abs().mean()
        if min(error.shape[-2:]) < 16:
            break
        error = F.avg_pool3d(error, kernel_size=(1, 2, 2))
    return loss


def pyramid_motion_loss(output: Tensor, target: Tensor, *, levels: int) -> Tensor:
    """Root mean squared difference of what changes from frame to frame, summed over a pyramid of halved sizes.

    Absolute differences favour a decoder that holds frames still and leaps now and then, because most pixels of most
    changes are small; squares are decided by the leaps.

    Args:
        output: ``(B, 3, T, H, W)``.
        target: The same shape.
        levels: Pyramid levels; each halves height and width, and stops before 8 pixels.

    Returns:
        0 for pictures.
    """
    error = (output - target).diff(dim=2)
    loss = error.new_zeros(())
    for _ in range(levels if error.shape[2] else 0):
        loss = loss + root_mean_square(error)
        if min(error.shape[-2:]) < 16:
            break
        error = F.avg_pool3d(error, kernel_size=(1, 2, 2))
    return loss


def root_mean_square(error: Tensor) -> Tensor:
    """Mean over clips of the root of the mean square; the clip ``(B, ...)`` of a batch is one row."""
    roots: Tensor = (error.flatten(1).square().mean(dim=1) + _LEAST_SQUARE).sqrt()
    return roots.mean() - float(_LEAST_SQUARE**0.5)


def psnr(output: Tensor, target: Tensor) -> Tensor:
    """Peak signal-to-noise ratio in dB of videos in [-1, 1], one element; at most 100."""
    error = (output.float().clamp(-1, 1) - target.float()).square().mean()
    return 10 * torch.log10(4 / error.clamp(min=4e-10))
