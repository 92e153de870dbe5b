"""A decoder of larger pictures that begins as the one of the encoder's own size, its patches enlarged."""

from collections.abc import Mapping

from torch import Tensor
from torch.nn import functional as F

from generation.config import VAEConfig
from generation.errors import ConfigError
from generation.vae.vae import VideoVAE

_PROJECTION = "decoder.final_projection.0."


def widened_weights(vae: VideoVAE, config: VAEConfig) -> Mapping[str, Tensor]:
    """Weights for another ``decoder_scale``; everything but the last projection is kept.

    Args:
        vae: With a final projection without norm.
        config: The same architecture with a ``decoder_scale`` that is a multiple of this one's.

    Returns:
        By parameter name; those of ``vae`` itself where the scales agree.

    Raises:
        ConfigError: If the scale cannot be reached.
    """
    own = vae.config
    if config.decoder_scale % own.decoder_scale or own.final_projection_norm or not own.final_projection:
        raise ConfigError(
            f"a decoder with a bare final projection can be widened to a multiple of its scale {own.decoder_scale}, "
            f"got {config.decoder_scale}"
        )
    factor, side = config.decoder_scale // own.decoder_scale, own.pixels_per_cell
    weights: dict[str, Tensor] = dict(vae.named_parameters())
    for name in (f"{_PROJECTION}weight", f"{_PROJECTION}bias"):
        rows = weights[name].detach().reshape(own.patch_length, side, side, -1).permute(0, 3, 1, 2)
        larger = F.interpolate(rows, scale_factor=factor, mode="bicubic", align_corners=False)
        shape = (-1, *weights[name].shape[1:])
        # (length, channels x inputs, rows, columns) back to one row of weights per value of a patch.
        weights[name] = larger.permute(0, 2, 3, 1).reshape(*shape).contiguous()
    return weights
