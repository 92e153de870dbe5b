"""A transformer with more layers that begins by giving the very answers of the one it grew from.

Small models learn the first things fastest with few layers, and the last ones need more. Every so many blocks a copy of
the block before it comes in, both of its branches silenced by the norms behind them: their weights count from -1, so a
weight of -1 lets nothing through, and learning turns it up from there.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from generation.config import DiTConfig
from generation.errors import ConfigError
from generation.training.captioned_dit import CaptionedDiT

_BLOCKS = "dit.blocks."
_NORMS = ("attention_post_norm.", "ffn_post_norm.")


def deepened_weights(model: CaptionedDiT, config: DiTConfig) -> Mapping[str, Tensor]:
    """Weights for more layers; everything else is kept.

    Args:
        model: That grows.
        config: The same architecture with as many layers or more, at most twice as many.

    Returns:
        By parameter name; those of ``model`` itself where the depths agree.

    Raises:
        ConfigError: If the depth cannot be reached.
    """
    weights: dict[str, Tensor] = dict(model.named_parameters())
    own = model.config.num_layers
    if not own <= config.num_layers <= 2 * own:
        raise ConfigError(
            f"a transformer of {own} layers can be given {own} to {2 * own} layers, got {config.num_layers}"
        )
    if config.num_layers == own:
        return weights
    deeper = {name: weight for name, weight in weights.items() if not name.startswith(_BLOCKS)}
    for place, (block, is_new) in enumerate(_places(own, config.num_layers)):
        prefix = f"{_BLOCKS}{block}."
        for name, weight in weights.items():
            if name.startswith(prefix):
                part = name.removeprefix(prefix)
                silent = is_new and part.startswith(_NORMS)
                deeper[f"{_BLOCKS}{place}.{part}"] = _silenced(part, weight) if silent else weight
    return deeper


def _places(own: int, wanted: int) -> list[tuple[int, bool]]:
    """Per block of the deeper model which one it is taken from, and whether it comes in."""
    places = []
    for block in range(own):
        places.append((block, False))
        # Evenly spread, the last one at the very end.
        if (block + 1) * (wanted - own) // own > block * (wanted - own) // own:
            places.append((block, True))
    return places


def _silenced(part: str, weight: Tensor) -> Tensor:
    return torch.full_like(weight, -1.0) if part.endswith(".weight") else torch.zeros_like(weight)
