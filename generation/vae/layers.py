"""The transformer shared by encoder and decoder.

Notable:
- no norm before attention: queries, keys *and values* are normalised per head instead;
- full attention over all tokens of a tile, no mask, no rotary positions;
- one class token that takes part in attention and is dropped at the end;
- learned absolute positions, resized to the grid at hand.

Shapes: B batch, L tokens, D width, N heads, K head size.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generation.config import VAEConfig
from generation.vae.position import Grid, resize_positions

NORM_EPS = 1e-5
# Added to the standard deviation itself, not to the variance under the root.
HEAD_NORM_EPS = 1e-5


def normalise_heads(inputs: Tensor) -> Tensor:
    """Give every head of every token zero mean and unit deviation over its last axis.

    This is ``(x - mean) / (std + eps)``, written with the library's fused layer norm: its reciprocal deviation ``r``
    turns ``(x - mean) * r`` into the wanted value by one division by ``1 + eps * r``. Gradients treat that divisor,
    which is 1 within ``eps / std``, as constant. :func:`normalise_heads_reference` is the slow twin.

    Args:
        inputs: ``(..., K)``, any dtype; statistics are taken in float32 or better.

    Source:
        Spec vae §2.4.
    """
    # The fused norm's own eps only keeps a constant head from dividing by zero.
    normed, _, reciprocal = torch.native_layer_norm(inputs, (inputs.shape[-1],), None, None, 1e-30)
    return normed / (1 + HEAD_NORM_EPS * reciprocal.detach()).to(normed.dtype)


def normalise_heads_reference(inputs: Tensor) -> Tensor:
    """What :func:`normalise_heads` computes, as the paper has it."""
    centred = inputs - inputs.mean(-1, keepdim=True)
    return centred / (centred.square().mean(-1, keepdim=True).sqrt() + HEAD_NORM_EPS)


class SmoothingConv(nn.Conv3d):
    """The 3 x 3 x 3 convolution that joins patches; zero padding, so size is kept.

    On the CPU the library runs a single small float32 volume about ten times slower than a batch of two, so such a
    volume goes in as two overlapping halves. :meth:`forward_whole` is the plain twin.
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(in_channels, out_channels, kernel_size=3, padding=1)

    def forward(self, volume: Tensor) -> Tensor:
        """Map ``(B, C, T, H, W)`` to as many voxels of other channels; fastest with channels last in memory."""
        frames = volume.shape[2]
        is_slow = volume.shape[0] == 1 and volume.device.type == "cpu" and volume.dtype is torch.float32
        if not is_slow or frames < 2:
            return self.forward_whole(volume)
        half = -(-frames // 2)
        padded = F.pad(volume, (0, 0, 0, 0, 1, 1 + frames % 2))
        halves = torch.cat((padded[:, :, : half + 2], padded[:, :, half:]))
        joined = F.conv3d(halves, self.weight, self.bias, padding=(0, 1, 1))
        return torch.cat((joined[:1], joined[1:]), dim=2)[:, :, :frames]

    def forward_whole(self, volume: Tensor) -> Tensor:
        """What :meth:`forward` computes, in one piece."""
        return super().forward(volume)


class Attention(nn.Module):
    """Full self-attention with normalised queries, keys and values, or with a norm in front."""

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        width = config.embed_dim
        self.num_heads = config.num_heads
        self.pre_norm = None if config.normalise_qkv else nn.LayerNorm(width, eps=NORM_EPS)
        self.qkv = nn.Linear(width, 3 * width, bias=config.qkv_bias)
        self.output = nn.Linear(width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        """Map ``(B, L, D)`` to the same shape."""
        normed = tokens if self.pre_norm is None else self.pre_norm(tokens)
        heads = self.qkv(normed).unflatten(-1, (3, self.num_heads, -1))  # (B, L, 3, N, K)
        if self.pre_norm is None:
            heads = normalise_heads(heads)
        query, key, value = heads.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(query, key, value)
        out: Tensor = self.output(mixed.transpose(1, 2).flatten(2))
        return out


class FeedForward(nn.Module):
    """Norm, widen, exact GELU, narrow."""

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        width, inner = config.embed_dim, int(config.embed_dim * config.mlp_ratio)
        self.norm = nn.LayerNorm(width, eps=NORM_EPS)
        self.expand = nn.Linear(width, inner)
        self.contract = nn.Linear(inner, width)

    def forward(self, tokens: Tensor) -> Tensor:
        """Map ``(B, L, D)`` to the same shape."""
        out: Tensor = self.contract(F.gelu(self.expand(self.norm(tokens))))
        return out


class Block(nn.Module):
    """Attention and feed-forward, each added to its input."""

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        self.attention = Attention(config)
        self.ffn = FeedForward(config)

    def forward(self, tokens: Tensor) -> Tensor:
        """Map ``(B, L, D)`` to the same shape."""
        tokens = tokens + self.attention(tokens)
        out: Tensor = tokens + self.ffn(tokens)
        return out


class Trunk(nn.Module):
    """Class token, positions, blocks and the final norm: all that encoder and decoder have in common."""

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        self.native_grid = config.native_grid
        native_tokens = self.native_grid[0] * self.native_grid[1] * self.native_grid[2]
        self.class_token = nn.Parameter(torch.zeros(1, 1, config.embed_dim))
        self.positions = nn.Parameter(torch.zeros(1, 1 + native_tokens, config.embed_dim))
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.depth))
        self.norm = nn.LayerNorm(config.embed_dim, eps=NORM_EPS)

    def forward(self, tokens: Tensor, grid: Grid) -> Tensor:
        """Map the tokens of a grid, ``(B, t * h * w, D)`` in raster order, to the same shape."""
        class_token = self.class_token.expand(tokens.shape[0], -1, -1)
        tokens = torch.cat((class_token, tokens), dim=1) + resize_positions(self.positions, self.native_grid, grid)
        for block in self.blocks:
            tokens = block(tokens)
        out: Tensor = self.norm(tokens[:, 1:])
        return out
