"""The public checkpoints: which parts a preset needs, where the hub keeps them, and how large they are.

Sizes are those of spec dit §2.3 and spec vae §1.1, §5.1, §6.4, good for planning; exact sizes and the hashes that
downloads are checked by come from the hub itself when files are listed, none is written down here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from generation.errors import ConfigError
from generation.presets import PRESETS, Preset, WeightsOrigin

HUB = "https://huggingface.co"
REPOSITORY = "sand-ai/MAGI-1"
REVISION = "main"
TEXT_ENCODER_FOLDER = "t5-v1_1-xxl"


class PartKind(StrEnum):
    """What a part of a checkpoint is for."""

    TRANSFORMER = "transformer"
    AUTOENCODER = "autoencoder"
    TEXT_ENCODER = "text encoder"


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckpointPart:
    """One folder of weights."""

    kind: PartKind
    # In the repository, with "/".
    remote_folder: str
    # About, on disk.
    num_bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """All that one preset needs."""

    preset: Preset
    parts: tuple[CheckpointPart, ...]

    @property
    def num_bytes(self) -> int:
        """About how much there is to fetch, all parts together."""
        return sum(part.num_bytes for part in self.parts)

    @property
    def hardware(self) -> str:
        """What its makers say it takes to run, in one sentence."""
        needs = self.preset.requirements
        condition = f" with {needs.least_conditions}" if needs.least_conditions else ""
        return f"{needs.recommended}; at least {needs.least_gpu_gib} GB of memory per GPU{condition}"


# Shared by all variants.
_AUTOENCODER = CheckpointPart(kind=PartKind.AUTOENCODER, remote_folder="ckpt/vae", num_bytes=2_460_000_000)
_TEXT_ENCODER = CheckpointPart(
    kind=PartKind.TEXT_ENCODER, remote_folder=f"ckpt/t5/{TEXT_ENCODER_FOLDER}", num_bytes=19_000_000_000
)


def _checkpoint(preset: Preset) -> Checkpoint:
    transformer = CheckpointPart(
        kind=PartKind.TRANSFORMER,
        remote_folder=f"ckpt/magi/{preset.release}/{preset.dit.release_subfolder}",
        num_bytes=preset.requirements.dit_bytes,
    )
    return Checkpoint(preset=preset, parts=(transformer, _AUTOENCODER, _TEXT_ENCODER))


CHECKPOINTS: Mapping[str, Checkpoint] = MappingProxyType(
    {name: _checkpoint(preset) for name, preset in PRESETS.items() if preset.origin is WeightsOrigin.RELEASED}
)


def find_checkpoint(name: str) -> Checkpoint:
    """The public checkpoint of a preset.

    Raises:
        ConfigError: Listing the presets that have one.
    """
    if name not in CHECKPOINTS:
        raise ConfigError(f"{name!r} has no public weights to fetch; those that have: {', '.join(CHECKPOINTS)}")
    return CHECKPOINTS[name]
