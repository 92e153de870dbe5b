"""Scalar fields with the statistics of natural texture: coloured noise, octaves, ridges, cells, warps.

All numbers are drawn on the CPU and moved, so CPU and CUDA make the same field up to rounding. Fields are periodic
where that is free, ``(S, S)`` float32.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor


def white_noise(rng: np.random.Generator, *shape: int, device: torch.device) -> Tensor:
    """Standard normal values."""
    return torch.from_numpy(rng.standard_normal(shape, dtype=np.float32)).to(device)


def standardise(field: Tensor) -> Tensor:
    """Mean 0, standard deviation 1 (constant fields become 0)."""
    centred = field - field.mean()
    return centred / centred.square().mean().sqrt().clamp(min=1e-6)


def unit_range(field: Tensor, spread: float = 2.0) -> Tensor:
    """Squeeze a field into [0, 1]: ``spread`` standard deviations around the mean fill the range."""
    return (standardise(field) / (2 * spread) + 0.5).clamp(0, 1)


def power_noise(rng: np.random.Generator, size: int, exponent: float, device: torch.device) -> Tensor:
    """Noise whose amplitude falls as 1/f^exponent; photographs lie near 1.

    Args:
        rng: Draws the phases.
        size: Side in pixels.
        exponent: 0 is white, 1 like a photograph, 2 like clouds.
        device: Where the field is made.

    Returns:
        ``(size, size)``, mean 0, standard deviation 1.
    """
    spectrum = torch.fft.rfft2(white_noise(rng, size, size, device=device))
    vertical = torch.fft.fftfreq(size, device=device)[:, None]
    horizontal = torch.fft.rfftfreq(size, device=device)[None, :]
    frequency = (vertical.square() + horizontal.square()).sqrt().clamp(min=1.0 / size)
    return standardise(torch.fft.irfft2(spectrum * frequency.pow(-exponent), s=(size, size)))


def octave_noise(
    rng: np.random.Generator, size: int, *, cells: int, persistence: float, ridged: bool, device: torch.device
) -> Tensor:
    """Sum of smooth noise at doubling frequencies, down to 4 pixels, built from coarse to fine.

    Args:
        rng: Draws the lattices.
        size: Side in pixels, a power of two.
        cells: Cells across at the coarsest octave, a power of two.
        persistence: Amplitude of an octave relative to the one before it.
        ridged: Fold each octave at zero, which makes crests and veins.
        device: Where the field is made.

    Returns:
        ``(size, size)``, mean 0, standard deviation 1.
    """
    total = torch.zeros(1, 1, 4 * cells, 4 * cells, device=device)
    amplitude, previous = 1.0, torch.ones_like(total)
    while True:
        octave = _stretch(white_noise(rng, 1, 1, cells, cells, device=device), 4, "bicubic")
        if ridged:
            # Detail gathers on the crests of the coarser octave, as on real ridges.
            octave = (1 - 1.5 * octave.abs()) * previous
            previous = (0.5 + 0.5 * octave).clamp(0.25, 1.0)
        total = total + amplitude * octave
        if 4 * cells >= size:
            return standardise(total[0, 0])
        total, previous = _stretch(total, 2, "bilinear"), _stretch(previous, 2, "bilinear")
        amplitude *= persistence
        cells *= 2


def _stretch(field: Tensor, factor: int, mode: str) -> Tensor:
    """Enlarge a periodic field by a whole factor."""
    padded = F.pad(field, (2, 2, 2, 2), mode="circular")
    margin = 2 * factor
    return F.interpolate(padded, scale_factor=factor, mode=mode, align_corners=False)[
        ..., margin:-margin, margin:-margin
    ]


def warp(fields: Tensor, shift_x: Tensor, shift_y: Tensor) -> Tensor:
    """Read fields at displaced places (domain warping).

    Args:
        fields: ``(C, S, S)``.
        shift_x: Displacement in pixels, ``(S, S)``.
        shift_y: The same downwards.

    Returns:
        ``(C, S, S)``, mirrored at the border.
    """
    size = fields.shape[-1]
    x, y = pixel_centres(size, fields.device)
    grid = torch.stack(((x + shift_x) * (2 / size) - 1, (y + shift_y) * (2 / size) - 1), dim=-1)
    return F.grid_sample(fields[None], grid[None], padding_mode="reflection", align_corners=False)[0]


def pixel_centres(size: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Coordinates x ``(1, S)`` and y ``(S, 1)`` of pixel centres, in pixels."""
    line = torch.arange(size, dtype=torch.float32, device=device) + 0.5
    return line[None, :], line[:, None]


def cell_distances(
    rng: np.random.Generator, size: int, *, cells: int, device: torch.device
) -> tuple[Tensor, Tensor, Tensor]:
    """Voronoi cells of a jittered lattice: each pixel looks only at the 3 x 3 points around it.

    Args:
        rng: Draws the points.
        size: Side in pixels.
        cells: Cells across.
        device: Where the fields are made.

    Returns:
        Distance to the nearest point, distance to the border between the two nearest (both in cells), and the number
        of the nearest point in [0, cells^2); each ``(size, size)``.
    """
    points = torch.from_numpy(rng.random((cells, cells, 2), dtype=np.float32)).to(device)
    scale = cells / size
    x, y = pixel_centres(size, device)
    cell_x, cell_y = (x * scale).floor().long(), (y * scale).floor().long()
    nearest = torch.full((size, size), 9.0, device=device)
    second = nearest.clone()
    owner = torch.zeros(size, size, dtype=torch.long, device=device)
    for step_y in (-1, 0, 1):
        for step_x in (-1, 0, 1):
            column, row = cell_x + step_x, cell_y + step_y
            point = points[row % cells, column % cells]
            distance = (
                (column + point[..., 0] - x * scale).square() + (row + point[..., 1] - y * scale).square()
            ).sqrt()
            closer = distance < nearest
            second = torch.where(closer, nearest, torch.minimum(second, distance))
            owner = torch.where(closer, (row % cells) * cells + column % cells, owner)
            nearest = torch.minimum(nearest, distance)
    return nearest, second - nearest, owner


def blur(image: Tensor, radius: float) -> Tensor:
    """Gaussian blur of ``(C, H, W)`` with a standard deviation in pixels; 0 leaves it alone."""
    if radius < 0.05:
        return image
    reach = max(1, int(np.ceil(2.5 * radius)))
    taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / radius) ** 2)
    kernel = torch.from_numpy((taps / taps.sum()).astype(np.float32)).to(image.device)
    channels = image.shape[0]
    padded = F.pad(image[None], (reach, reach, reach, reach), mode="reflect")
    rows = F.conv2d(padded, kernel.view(1, 1, 1, -1).expand(channels, 1, 1, -1), groups=channels)
    return F.conv2d(rows, kernel.view(1, 1, -1, 1).expand(channels, 1, -1, 1), groups=channels)[0]
