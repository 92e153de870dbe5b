"""A first look at unfinished chunks: colours straight from latents, without the decoder.

Each latent pixel is mapped to one colour by a linear map, fitted once per autoencoder to latents and the frames they
stand for. That shows layout and motion at an eighth of the size, for next to nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from generation.errors import RequestError
from generation.sampling.report import StepReport
from generation.sampling.sealed import seal, unseal

KIND = "latent preview"
# Keeps the fit defined where channels never vary, far below what colours need.
RIDGE = 1e-6
WHITE = 255.0


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class LatentPreview:
    """A linear map from latents to colours; made by :func:`fit_latent_preview`."""

    # (C, 3) and (3,) float32 on the CPU; colours in [0, 255].
    weight: Tensor
    bias: Tensor

    def frames(self, latents: Tensor) -> Tensor:
        """Paint latents.

        Args:
            latents: ``(1, C, T, H, W)``, scaled as the transformer sees them, any device.

        Returns:
            ``(T, H, W, 3)`` uint8 on the CPU.
        """
        pixels = latents[0].detach().to("cpu", torch.float32).movedim(0, -1)
        return (pixels @ self.weight + self.bias).round().clamp(0, WHITE).to(torch.uint8)

    def frames_in_flight(self, report: StepReport) -> Tensor:
        """Paint what the chunks of a step are on their way to, ``(T, H, W, 3)`` uint8, oldest chunk first."""
        return self.frames(report.predicted_clean())

    def to_bytes(self) -> bytes:
        """The map as one safetensors blob."""
        return seal(KIND, {"weight": self.weight, "bias": self.bias}, {})

    @classmethod
    def from_bytes(cls, blob: bytes) -> "LatentPreview":
        """Read back what :meth:`to_bytes` wrote.

        Raises:
            StateError: If it is anything else.
        """
        tensors, _ = unseal(KIND, blob)
        return cls(weight=tensors["weight"], bias=tensors["bias"])


def fit_latent_preview(pairs: Iterable[tuple[Tensor, Tensor]]) -> LatentPreview:
    """Fit the map by least squares over all pixels; memory does not grow with the number of pairs.

    Args:
        pairs: Latents ``(1, C, t, h, w)`` as the transformer sees them, and the frames ``(T, H, W, 3)`` uint8 that they
            encode; T, H and W are multiples of t, h and w.

    Raises:
        RequestError: If there is no pair, or the sizes of one do not fit together.
    """
    moments: Tensor | None = None
    targets: Tensor | None = None
    for latents, frames in pairs:
        inputs = latents[0].detach().cpu().double().flatten(1).T
        inputs = torch.cat([inputs, inputs.new_ones(len(inputs), 1)], dim=1)
        colours = _shrink(frames, latents.shape[2:]).double()
        moments = inputs.T @ inputs + (0 if moments is None else moments)
        targets = inputs.T @ colours + (0 if targets is None else targets)
    if moments is None or targets is None:
        raise RequestError("a preview must be fitted to at least one pair of latents and frames, got none")
    ridge = RIDGE * moments.diagonal().mean() * torch.eye(len(moments), dtype=moments.dtype)
    solution = torch.linalg.solve(moments + ridge, targets).float()
    return LatentPreview(weight=solution[:-1].contiguous(), bias=solution[-1].contiguous())


def _shrink(frames: Tensor, size: torch.Size) -> Tensor:
    """Mean colours of the boxes of pixels behind each latent pixel, ``(t h w, 3)``."""
    if any(large % small for large, small in zip(frames.shape[:3], size, strict=True)):
        raise RequestError(f"frames must be multiples of the latents' {tuple(size)}, got {tuple(frames.shape[:3])}")
    box = [large // small for large, small in zip(frames.shape[:3], size, strict=True)]
    colours = frames.detach().cpu().float().movedim(-1, 0)
    return F.avg_pool3d(colours, kernel_size=box).flatten(1).T
