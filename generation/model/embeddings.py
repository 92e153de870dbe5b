"""What goes into the transformer: patches, timesteps and text, all embedded in at least float32."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generation.model.patchify import patchify
from generation.model.precision import Linear
from generation.model.rope import space_positions

# Width of the sinusoid a timestep is turned into, and the factor that spreads [0, 1] over its periods.
SINUSOID_SIZE = 256
TIMESTEP_SCALE = 1000.0
MAX_PERIOD = 10000.0
# Frequencies that the released model's float32 exponential rounds up by one unit in the last place.
ROUNDED_UP = (12, 106)
# Half the side of the frame that rotary positions are scaled to, and half turns per such length.
PLACE_EXTENT = 8.0
PLACE_FREQUENCIES = (0.5, 1.0, 2.0, 4.0)


class PatchEmbedding(nn.Module):
    """One linear map per patch; the weight has the shape of the convolution it is stored as."""

    def __init__(self, channels: int, hidden_size: int, patch_size: int) -> None:
        super().__init__()
        self.patch_size = patch_size
        self.weight = nn.Parameter(torch.empty(hidden_size, channels, 1, patch_size, patch_size))

    def forward(self, latents: Tensor) -> Tensor:
        """Map latents ``(B, C, T, H, W)`` to tokens ``(B, L, D)``."""
        return F.linear(patchify(latents, self.patch_size).to(self.weight.dtype), self.weight.flatten(1))


class PlaceEmbedding(nn.Module):
    """Tells a token where it stands, for small models that are to learn where a moving picture goes in few steps.

    Rotary positions are differences: they do not say where the middle of the frame is, nor how far from the chunk's
    first frame a token stands. A model can infer both, but it takes long to learn how.

    Args:
        chunk_frames: Latent frames of a chunk; their index in it is told, one for each.
        hidden_size: Of the residual stream.
    """

    def __init__(self, chunk_frames: int, hidden_size: int) -> None:
        super().__init__()
        self.chunk_frames = chunk_frames
        self.weight = nn.Parameter(torch.empty(hidden_size, chunk_frames + 2 * (2 * len(PLACE_FREQUENCIES) + 1)))

    def forward(self, grid: tuple[int, int, int]) -> Tensor:
        """What is added to the tokens of whole chunks: ``(L, D)``, ordered (t, h, w)."""
        frames, rows, columns = grid
        shape = (frames, rows, columns)
        time = torch.eye(self.chunk_frames).repeat(frames // self.chunk_frames, 1)[:, None, None]
        height = _waves(space_positions(rows, rows * columns))[:, None]
        width = _waves(space_positions(columns, rows * columns))
        told = torch.cat([part.expand(*shape, -1) for part in (time, height, width)], dim=-1)
        return F.linear(told.flatten(0, 2).to(self.weight), self.weight)


def _waves(positions: Tensor) -> Tensor:
    """Positions ``(n,)`` as sines, cosines and themselves, ``(n, 2 * frequencies + 1)``."""
    # About -1 to 1 across a frame.
    relative = positions[:, None] / PLACE_EXTENT
    angles = relative * torch.tensor(PLACE_FREQUENCIES) * math.pi
    return torch.cat([angles.sin(), angles.cos(), relative], dim=-1)


def sinusoid_frequencies() -> Tensor:
    """The 128 frequencies of the timestep embedding, float32, falling from 1.

    Arguments reach 32000, where one unit in a frequency's last place moves a cosine by 1e-3, and exponentials of
    different processors differ by that unit. So they are rounded from float64, with the two exceptions of the
    released model's.
    """
    half = SINUSOID_SIZE // 2
    exponents = -math.log(MAX_PERIOD) * torch.arange(half, dtype=torch.float32) / half
    frequencies = exponents.double().exp().float()
    rounded_up = torch.tensor(ROUNDED_UP)
    frequencies[rounded_up] = torch.nextafter(frequencies[rounded_up], torch.tensor(math.inf))
    return frequencies


def sinusoid(timesteps: Tensor) -> Tensor:
    """Spread timesteps over cosines and sines of falling frequency.

    Args:
        timesteps: Any shape, float32.

    Returns:
        ``(..., 256)`` float32: 128 cosines, then 128 sines. The order of operations is part of the model.
    """
    angles = timesteps.float()[..., None] * sinusoid_frequencies().to(timesteps.device) * TIMESTEP_SCALE
    return torch.cat([angles.cos(), angles.sin()], dim=-1)


class TimestepEmbedding(nn.Module):
    """Embeds timesteps, and for distilled models step sizes with the same weights."""

    def __init__(self, condition_size: int) -> None:
        super().__init__()
        self.expand = Linear(SINUSOID_SIZE, condition_size, bias=True)
        self.contract = Linear(condition_size, condition_size, bias=True)

    def forward(self, timesteps: Tensor, dtype: torch.dtype) -> Tensor:
        """Embed timesteps.

        Args:
            timesteps: ``(B, chunks)`` in [0, 1], or step sizes.
            dtype: The model's dtype: the sinusoid is rounded to it before the layers.

        Returns:
            ``(B, chunks, condition_size)``, at least float32.
        """
        waves = sinusoid(timesteps).to(dtype).to(self.expand.weight.dtype)
        embedded: Tensor = self.contract(F.silu(self.expand(waves)))
        return embedded


class TextEmbedding(nn.Module):
    """Projects text for cross-attention, and the null caption for the gates.

    The gates see one of the last two rows of the null caption, never the prompt.
    """

    def __init__(self, *, text_dim: int, max_tokens: int, hidden_size: int, condition_size: int) -> None:
        super().__init__()
        self.cross_proj = Linear(text_dim, hidden_size, bias=True)
        self.condition_proj = Linear(text_dim, condition_size, bias=True)
        self.null_text = nn.Parameter(torch.empty(max_tokens, text_dim))

    def forward(self, embeddings: Tensor) -> Tensor:
        """Map text rows ``(L, text_dim)`` to ``(L, D)``."""
        return F.silu(self.cross_proj(embeddings.to(self.null_text.dtype)))

    def condition(self, *, null: bool) -> Tensor:
        """The part of the gates' condition that tells conditioned from unconditioned: ``(condition_size,)``."""
        condition: Tensor = self.condition_proj(self.null_text[-1 if null else -2])
        return condition
