"""Tells a trained decoder where its tokens stand, and lets it look at the same place a moment earlier and later.

A small decoder that is trained for a few thousand steps leaves its positions as faint as they began (measured: 0.07
beside content of 8.9), so its attention is a mean over everything, and what moves stays still for as long as a latent
frame lasts. Here waves are written into the table of positions, one head of every block is turned to the latent frame
before, one to the one after, and one to the surroundings; what these frames hold there enters in directions that
nothing listens to yet. Training does the rest in hundreds of steps.
"""

import math

import torch
from torch import Tensor, nn

from generation.errors import ConfigError
from generation.training.runs.randomness import step_generator
from generation.vae.layers import Block, Trunk
from generation.vae.position import Grid, resize_positions
from generation.vae.vae import Decoder, VideoVAE

# Radians per latent frame and per cell. A slow wave tells far places apart, a quick one near places.
_TIME_WAVES = (math.pi / 4, math.pi / 2)
_SIDE_WAVES = (math.pi / 8, math.pi / 4, math.pi / 2)
PAIRS = len(_TIME_WAVES) + 2 * len(_SIDE_WAVES)
WAVES = 2 * PAIRS
# Heads of a block: which latent frame they look at, and how sharply.
_LOOKS = ((-1, 1.0), (1, 1.0), (0, 0.35))
# Root mean square of the waves over a token's width, against content of about 9.
STRENGTH = 4.0
# Largest score per pair of waves.
_SHARPNESS = 8.0
# Of what is seen there, against what a token holds itself.
TOLD = 0.5
# One for the moment before, one for the moment after.
_LEAST_HEADS = 2
# Positions of a decoder without places are a hundredth of this.
LEAST_PLACES = 1.0


@torch.no_grad()
def give_places(vae: VideoVAE, *, seed: int) -> None:
    """Change a decoder so that training can make it use its neighbours.

    Args:
        vae: Whose decoder is changed in place; its latents have unit deviation.
        seed: Of the directions that are chosen.

    Raises:
        ConfigError: If the decoder has too few heads or channels, or norms of another kind.
    """
    decoder, config = vae.decoder, vae.config
    width, channels = config.embed_dim, config.latent_channels
    head = width // config.num_heads
    least = max(WAVES, channels)
    if config.num_heads < _LEAST_HEADS or head < least or width < 3 * channels + 3 + WAVES or config.normalise_qkv:
        raise ConfigError(
            f"a decoder must have {_LEAST_HEADS} heads of {least}, a width of {3 * channels + 3 + WAVES} and norms "
            f"before attention to be given places, got {config.num_heads} of {head}"
        )
    generator = step_generator(seed, 0, "places")
    basis = _directions(decoder, generator)
    content = basis[:, :channels]
    fresh = basis[:, channels + 3 : channels + 3 + WAVES + 2 * channels]
    places, before, after = torch.split(fresh, [WAVES, channels, channels], dim=1)
    trunk = decoder.trunk
    count = trunk.native_grid[0] * trunk.native_grid[1] * trunk.native_grid[2]
    spreads, means = look_inside(trunk, decoder.from_latents(torch.randn(1, count, channels, generator=generator)))
    wave = write_waves(trunk, places)
    reader = None if decoder.final_projection is None else decoder.final_projection[0]
    make_deaf(trunk, reader, spreads, fresh)
    size = math.sqrt(float(decoder.from_latents.weight.square().sum()) / channels)
    turn_heads(trunk, places, wave, spreads, means)
    values = content.T * (spreads[0] / size)
    for which, into in ((0, before), (1, after)):
        hear(blocks_of(trunk)[0], which * head, values, TOLD * size * into)


def has_places(vae: VideoVAE) -> bool:
    """Whether a decoder has been given places."""
    return float(vae.decoder.trunk.positions.detach().square().mean().sqrt()) > LEAST_PLACES


def waves_of(grid: Grid) -> Tensor:
    """Cosines and sines of every place of a grid, ``(t, h, w, 16)``."""
    axes = [
        torch.stack([wave(rate * torch.arange(size)) for rate in rates for wave in (torch.cos, torch.sin)], dim=-1)
        for size, rates in zip(grid, (_TIME_WAVES, _SIDE_WAVES, _SIDE_WAVES), strict=True)
    ]
    time, rows, columns = axes[0][:, None, None], axes[1][None, :, None], axes[2][None, None, :]
    return torch.cat([part.expand(*grid, -1) for part in (time, rows, columns)], dim=-1)


def _moved(frames: int) -> Tensor:
    """Turns the waves of a place into those of the same place so many latent frames later."""
    turn = torch.eye(WAVES)
    for number, rate in enumerate(_TIME_WAVES):
        pair = slice(2 * number, 2 * number + 2)
        cosine, sine = math.cos(rate * frames), math.sin(rate * frames)
        turn[pair, pair] = torch.tensor([[cosine, -sine], [sine, cosine]])
    return turn


def _directions(decoder: Decoder, generator: torch.Generator) -> Tensor:
    """An orthonormal basis: content first, then what is the same in every token, then directions that are free."""
    entry = decoder.from_latents
    width = entry.weight.shape[0]
    constant = [entry.bias[:, None], decoder.trunk.class_token.reshape(-1, 1), torch.ones(width, 1)]
    known = torch.cat([entry.weight, *constant], dim=1)
    more = torch.randn(width, width - known.shape[1], generator=generator)
    basis: Tensor = torch.linalg.qr(torch.cat([known, more], dim=1))[0]
    return basis


def write_waves(trunk: Trunk, places: Tensor) -> float:
    """Add waves to a table of positions, in given directions ``(D, 16)``; returns their size."""
    wave = STRENGTH * math.sqrt(places.shape[0] / PAIRS)
    trunk.positions[0, 1:] += wave * waves_of(trunk.native_grid).flatten(0, 2) @ places.T
    return wave


def look_inside(trunk: Trunk, tokens: Tensor) -> tuple[list[float], list[Tensor]]:
    """Per block: the deviation of its tokens once waves are there, and the mean value of its heads.

    Args:
        trunk: Before waves are written.
        tokens: ``(B, L, D)`` of its native grid, as they enter.
    """
    tokens = torch.cat((trunk.class_token.expand(len(tokens), -1, -1), tokens), dim=1)
    tokens = tokens + resize_positions(trunk.positions, trunk.native_grid, trunk.native_grid)
    spreads, means = [], []
    for block in blocks_of(trunk):
        attention, norm = block.attention, block.attention.pre_norm
        assert norm is not None  # noqa: S101 - the caller has seen to it
        variance = float((tokens - tokens.mean(dim=-1, keepdim=True)).square().mean())
        spreads.append(math.sqrt(variance + STRENGTH**2))
        means.append(attention.qkv(norm(tokens))[..., -tokens.shape[-1] :].mean(dim=(0, 1)))
        tokens = block(tokens)
    return spreads, means


def make_deaf(trunk: Trunk, reader: nn.Module | None, spreads: list[float], fresh: Tensor) -> None:
    """Nothing hears the new directions yet, and old ones are as large behind the norms as before.

    Args:
        trunk: Changed in place.
        reader: The linear layer that reads the final norm; None if nothing linear does.
        spreads: From :func:`look_inside`.
        fresh: The new directions, ``(D, n)``.
    """
    pairs: list[tuple[nn.LayerNorm, Tensor, float]] = []
    for block, spread in zip(blocks_of(trunk), spreads, strict=True):
        assert block.attention.pre_norm is not None  # noqa: S101 - the caller has seen to it
        pairs.append((block.attention.pre_norm, block.attention.qkv.weight, spread))
        pairs.append((block.ffn.norm, block.ffn.expand.weight, spread))
    if isinstance(reader, nn.Linear):
        pairs.append((trunk.norm, reader.weight, spreads[-1]))
    for norm, weight, spread in pairs:
        norm.weight.mul_(spread / math.sqrt(spread**2 - STRENGTH**2))
        heard = weight * norm.weight
        weight.copy_((heard - heard @ fresh @ fresh.T) / norm.weight)


def turn_heads(trunk: Trunk, places: Tensor, wave: float, spreads: list[float], means: list[Tensor]) -> None:
    """Turn every block's heads to the moments before and after and to the surroundings; what they say is silent yet.

    Heads gave a mean over everything; that mean stays, as a constant.
    """
    for block, spread, mean in zip(blocks_of(trunk), spreads, means, strict=True):
        attention = block.attention
        attention.output.bias.add_(attention.output.weight @ mean)
        attention.output.weight.zero_()
        _turn_heads_of(block, places, wave / spread)


def blocks_of(trunk: Trunk) -> list[Block]:
    """The blocks, by their type."""
    return [block for block in trunk.blocks if isinstance(block, Block)]


def _turn_heads_of(block: Block, places: Tensor, wave: float) -> None:
    attention = block.attention
    norm, width = attention.pre_norm, places.shape[0]
    assert norm is not None  # noqa: S101 - the caller has seen to it
    head = width // attention.num_heads
    copies = head // WAVES
    # Scores are divided by the root of a head's size.
    scale = math.sqrt(_SHARPNESS * math.sqrt(head) / copies) / wave
    # Undoes the norm's own weights.
    keys = scale * (places / norm.weight[:, None]).T
    for number, (frames, sharpness) in enumerate(_LOOKS[: attention.num_heads]):
        for part, rows in enumerate((sharpness * _moved(frames) @ keys, keys)):
            start = part * width + number * head
            attention.qkv.weight[start : start + copies * WAVES] = rows.repeat(copies, 1)
            attention.qkv.bias[start : start + copies * WAVES] = -(rows @ norm.bias).repeat(copies)


def hear(block: Block, first: int, values: Tensor, into: Tensor) -> None:
    """Let one head, of which ``first`` is the first channel, bring content to new directions."""
    attention = block.attention
    norm, (count, width) = attention.pre_norm, values.shape
    assert norm is not None  # noqa: S101 - the caller has seen to it
    rows = values / norm.weight
    start = 2 * width + first
    attention.qkv.weight[start : start + count] = rows
    attention.qkv.bias[start : start + count] = -(rows @ norm.bias)
    attention.output.weight[:, first : first + count] = into
