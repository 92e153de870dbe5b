"""The folder of a small model that was trained here: three parts, and one readable file that describes them.

::

    starter.json                    what it is, how it was made, and the hash of every file
    transformer/model.safetensors   tensors under the released names, as the autoencoder's
    vae/model.safetensors
    text_encoder/                   an ordinary T5 folder
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from generation.config import DiTConfig, VAEConfig
from generation.errors import WeightsError

STARTER_FILE = "starter.json"
STARTER_FORMAT = "sceneloom-starter-1"
TRANSFORMER, AUTOENCODER, TEXT_ENCODER = "transformer", "vae", "text_encoder"
WEIGHTS_FILE = "model.safetensors"

_Config = TypeVar("_Config", DiTConfig, VAEConfig)


@dataclass(frozen=True, kw_only=True, slots=True)
class StarterFolder:
    """A small model on disk."""

    root: Path
    name: str
    dit: DiTConfig
    vae: VAEConfig
    # SHA-256 by path inside the folder.
    hashes: Mapping[str, str]
    # How it was made, in plain values: data, settings, steps, figures.
    card: Mapping[str, object]

    @property
    def transformer(self) -> Path:
        """Folder of the transformer's weights."""
        return self.root / TRANSFORMER

    @property
    def autoencoder(self) -> Path:
        """Folder of the autoencoder's weights."""
        return self.root / AUTOENCODER

    @property
    def text_encoder(self) -> Path:
        """Folder of the text encoder."""
        return self.root / TEXT_ENCODER

    def verify(self) -> None:
        """Read every file and compare it with its hash.

        Raises:
            WeightsError: If a file is missing or another one.
        """
        for name, expected in self.hashes.items():
            try:
                with (self.root / name).open("rb") as file:
                    got = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError as error:
                raise WeightsError(
                    f"{self.root / name} cannot be read: {error.strerror or error}; copy the folder again"
                ) from error
            if got != expected:
                raise WeightsError(
                    f"{self.root / name} must have the hash {expected[:12]}, got {got[:12]}; copy the folder again"
                )


def shipped_folder(name: str) -> Path:
    """Where a model of this repository is.

    Args:
        name: Of its preset.

    Raises:
        WeightsError: If it is not there.
    """
    folder = Path(__file__).parent / name
    if not is_starter_folder(folder):
        raise WeightsError(
            f"the weights of {name!r} belong in {folder}, and are not there; get the whole repository, or make them: "
            "python -m generation train --help shows how"
        )
    return folder


def is_starter_folder(folder: Path) -> bool:
    """Whether a folder holds such a model."""
    return (folder / STARTER_FILE).is_file()


def read_starter(folder: Path) -> StarterFolder:
    """Read the description of a small model; its weights are not touched.

    Raises:
        WeightsError: If it is missing, damaged, or of another version.
        ConfigError: If an architecture in it contradicts itself.
    """
    path = folder / STARTER_FILE
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        if plain["format"] != STARTER_FORMAT:
            raise ValueError(f"format {plain['format']!r}")
        return StarterFolder(
            root=folder,
            name=str(plain["name"]),
            dit=_config(DiTConfig, plain["dit"]),
            vae=_config(VAEConfig, plain["vae"]),
            hashes={str(name): str(entry["sha256"]) for name, entry in plain["files"].items()},
            card=dict(plain["card"]),
        )
    except OSError as error:
        raise WeightsError(f"{path} must describe a small model, and cannot be read: {error.strerror}") from error
    except KeyError as error:
        raise WeightsError(f"{path} must describe a small model, and lacks {error}; export it again") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise WeightsError(f"{path} must describe a small model, got {error!r}; export it again") from error


def _config(kind: type[_Config], plain: dict[str, Any]) -> _Config:
    known = {field.name for field in fields(kind)}
    if unknown := sorted(set(plain) - known):
        raise ValueError(f"unknown fields of {kind.__name__}: {', '.join(unknown)}")
    return kind(**plain)
