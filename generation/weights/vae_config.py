"""Reading the ``config.json`` that lies beside a released autoencoder's weights."""

import json
from pathlib import Path

from generation.config import VAEConfig
from generation.errors import ConfigError, WeightsError

# MAGI's name to ours, and the value a file that leaves it out means (spec vae §1.2).
_FIELDS: dict[str, tuple[str, int | float | bool]] = {
    "video_size": ("video_size", 256),
    "video_length": ("video_length", 16),
    "patch_size": ("patch_size", 8),
    "patch_length": ("patch_length", 4),
    "z_chans": ("latent_channels", 4),
    "embed_dim": ("embed_dim", 768),
    "depth": ("depth", 12),
    "num_heads": ("num_heads", 12),
    "mlp_ratio": ("mlp_ratio", 4.0),
    "qkv_bias": ("qkv_bias", False),
    "ln_in_attn": ("normalise_qkv", False),
    "use_final_proj": ("final_projection", False),
}
# Fields with a single value that means something here, and their defaults there.
_FIXED: dict[str, tuple[object, object]] = {
    "in_chans": (3, 3),
    "double_z": (True, True),
    "with_cls_token": (True, True),
    "norm_code": (False, False),
    "use_rope": (False, False),
    "conv_last_layer": (True, False),
    "drop_rate": (0, 0),
    "attn_drop_rate": (0, 0),
    "drop_path_rate": (0, 0),
}
_IGNORED = frozenset({"qk_scale"})
_CLASS_NAME = "ViTVAE"


def read_vae_config(folder: Path, *, name: str = "magi") -> VAEConfig:
    """Read the architecture of a released autoencoder.

    Args:
        folder: Holds ``config.json`` (and the weights).
        name: The name the configuration gets.

    Raises:
        WeightsError: If the file is missing or not JSON.
        ConfigError: If it describes a model that this code does not build, naming the field.
    """
    path = folder / "config.json"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WeightsError(
            f"{path} must be the autoencoder's config.json, and cannot be read: {error.strerror}"
        ) from error
    except ValueError as error:
        raise WeightsError(f"{path} must be the autoencoder's config.json, got {error}") from error
    if not isinstance(document, dict) or document.get("_class_name") != _CLASS_NAME:
        raise ConfigError(f"{path}: _class_name must be {_CLASS_NAME!r}; is this the folder of MAGI's autoencoder?")
    if document.get("model_type", "vit") != "vit":
        raise ConfigError(
            f"{path}: model_type must be 'vit', got {document['model_type']!r}, which was never published"
        )
    given = document.get("ddconfig", {})
    unknown = set(given) - set(_FIELDS) - set(_FIXED) - _IGNORED
    if unknown:
        raise ConfigError(f"{path}: ddconfig has unknown fields: {', '.join(sorted(unknown))}")
    for field, (wanted, default) in _FIXED.items():
        if given.get(field, default) != wanted:
            raise ConfigError(f"{path}: {field} must be {wanted}, got {given.get(field, default)}")
    values = {ours: given.get(theirs, default) for theirs, (ours, default) in _FIELDS.items()}
    return _build(path, name, values)


def _build(path: Path, name: str, values: dict[str, int | float | bool]) -> VAEConfig:
    wrong = [ours for theirs, (ours, default) in _FIELDS.items() if not _fits(values[ours], default)]
    if wrong:
        raise ConfigError(f"{path}: {wrong[0]} has a value of the wrong kind: {values[wrong[0]]!r}")
    return VAEConfig(
        name=name,
        video_size=int(values["video_size"]),
        video_length=int(values["video_length"]),
        patch_size=int(values["patch_size"]),
        patch_length=int(values["patch_length"]),
        latent_channels=int(values["latent_channels"]),
        embed_dim=int(values["embed_dim"]),
        depth=int(values["depth"]),
        num_heads=int(values["num_heads"]),
        mlp_ratio=float(values["mlp_ratio"]),
        qkv_bias=bool(values["qkv_bias"]),
        normalise_qkv=bool(values["normalise_qkv"]),
        final_projection=bool(values["final_projection"]),
    )


def _fits(value: object, default: int | float | bool) -> bool:  # noqa: FBT001 - a value, not a switch
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(default, bool)
    return isinstance(value, int | float) if isinstance(default, float) else isinstance(value, int)
