"""Finds weights on disk in the layouts that people have, and says what to do when they are not there.

Below the root that is given, all of these are looked at (spec vae §6.4)::

    ckpt/magi/4.5B_base/inference_weight/    the hub's own layout, also what our download makes
    magi/4.5B_base/inference_weight/         the root is ckpt
    downloads/4.5B_base/inference_weight/    as MAGI's example configurations have it; also with the root downloads
    inference_weight/                        the root is one variant's folder, as MAGI's field ``load``
    models--sand-ai--MAGI-1/snapshots/*/     the hub client's cache

with ``vae`` and ``t5/t5-v1_1-xxl`` or ``t5_pretrained/t5-v1_1-xxl`` beside the variants.
"""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generation.errors import WeightsError
from generation.presets import Preset
from generation.weights.catalog import (
    CHECKPOINTS,
    HUB,
    REPOSITORY,
    TEXT_ENCODER_FOLDER,
    Checkpoint,
    CheckpointPart,
    PartKind,
    find_checkpoint,
)
from generation.weights.conversion import needs_conversion
from generation.weights.files.shards import find_shards

_RELEASES = frozenset(checkpoint.preset.release for checkpoint in CHECKPOINTS.values())
_CONVERT = "the download turns them into safetensors without running them, and so does: python -m generation convert {}"
_TOKENIZERS = ("spiece.model", "tokenizer.json")
_CACHE = "models--" + REPOSITORY.replace("/", "--")


@dataclass(frozen=True, kw_only=True, slots=True)
class WeightsFolders:
    """Where the parts of one preset are."""

    dit: Path
    vae: Path
    # The folder with the encoder's own config.json.
    text_encoder: Path


def _bases(root: Path, release: str) -> Iterator[Path]:
    """Folders in which variants, ``vae`` and ``t5`` may stand side by side."""
    yield from (root, root / "ckpt", root / "downloads", root / "downloads" / "ckpt")
    for cache in (root / _CACHE, root / "hub" / _CACHE):
        for snapshot in sorted(cache.glob("snapshots/*"), reverse=True):
            yield from (snapshot / "ckpt", snapshot)
    if root.name == release:
        yield from (root.parent, root.parent.parent)


def _places(kind: PartKind, base: Path, preset: Preset) -> tuple[Path, ...]:
    """Where a part may be below a base."""
    if kind is PartKind.AUTOENCODER:
        return (base / "vae",)
    if kind is PartKind.TEXT_ENCODER:
        return tuple(base / between / TEXT_ENCODER_FOLDER for between in ("t5", "t5_pretrained", ""))
    inner = preset.dit.release_subfolder
    places = (base / "magi" / preset.release / inner, base / preset.release / inner)
    if base.name == inner:
        return (*places, base)
    # Base variants share the name of the inner folder: another variant's own is not ours.
    return places if base.name in _RELEASES - {preset.release} else (*places, base / inner)


def _is_complete(kind: PartKind, folder: Path) -> bool:
    """Whether a folder has all files of a part, as far as names tell."""
    if not folder.is_dir() or any(folder.glob("*.part")):
        return False
    if kind is not PartKind.TRANSFORMER and not (folder / "config.json").is_file():
        return False
    if kind is PartKind.TEXT_ENCODER and not any((folder / name).is_file() for name in _TOKENIZERS):
        return False
    try:
        return all(shard.path.is_file() for shard in find_shards(folder))
    except WeightsError:
        return False


def _candidates(part: CheckpointPart, preset: Preset, root: Path) -> list[Path]:
    return [place for base in _bases(root, preset.release) for place in _places(part.kind, base, preset)]


def find_part(part: CheckpointPart, preset: Preset, root: Path) -> Path | None:
    """The folder of one part; None if it is not there or not whole.

    Args:
        part: Which.
        preset: Whose.
        root: Where to look.
    """
    return next((place for place in _candidates(part, preset, root) if _is_complete(part.kind, place)), None)


def find_weights(preset: Preset, root: Path) -> WeightsFolders:
    """The folders of all parts that a released preset needs.

    Args:
        preset: With public weights.
        root: Where to look.

    Raises:
        WeightsError: With what to do, if a part is not there or not whole.
        ConfigError: If the preset has no public weights.
    """
    checkpoint = find_checkpoint(preset.name)
    found = {part.kind: find_part(part, preset, root) for part in checkpoint.parts}
    dit, vae, text_encoder = (found[kind] for kind in PartKind)
    if dit is None or vae is None or text_encoder is None:
        raise WeightsError(explain_missing(preset, root))
    return WeightsFolders(dit=dit, vae=vae, text_encoder=text_encoder)


def _state(part: CheckpointPart, checkpoint: Checkpoint, root: Path) -> str:
    """One line on where a part is or what is wrong with it."""
    begun = [place for place in _candidates(part, checkpoint.preset, root) if place.is_dir() and any(place.iterdir())]
    if (folder := find_part(part, checkpoint.preset, root)) is not None:
        state = f"is in {folder}"
    elif pickled := next((place for place in begun if needs_conversion(place)), None):
        state = f"is in {pickled} as PyTorch's own files, which can run code and are not opened; " + _CONVERT.format(
            shlex.quote(str(pickled))
        )
    elif begun:
        state = f"is not whole in {begun[0]}"
    else:
        state = "is not there"
    return f"  - {part.kind} ({part.num_bytes / 1e9:.1f} GB) {state}"


def explain_missing(preset: Preset, root: Path) -> str:
    """What is missing of a preset's weights, how to get it, how large it is and what machine it needs.

    Args:
        preset: With public weights.
        root: Where they were looked for.

    Raises:
        ConfigError: If the preset has no public weights.
    """
    checkpoint = find_checkpoint(preset.name)
    missing = [part for part in checkpoint.parts if find_part(part, preset, root) is None]
    lines = [
        f"the weights of {preset.name} are not complete in {root}:",
        *(_state(part, checkpoint, root) for part in checkpoint.parts),
        f"Fetch what is missing (about {sum(part.num_bytes for part in missing) / 1e9:.1f} GB; an interrupted "
        "download goes on where it stopped):",
        f"  python -m generation download {preset.name} --weights {shlex.quote(str(root))}",
        f"or copy {', '.join(part.remote_folder for part in missing)} from {HUB}/{REPOSITORY} there, folders included.",
        f"It runs on {checkpoint.hardware}. Without such a machine, the preset starter runs anywhere.",
    ]
    return "\n".join(lines)
