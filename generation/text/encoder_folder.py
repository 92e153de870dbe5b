"""A T5 encoder's folder on disk: where it is, which files hold the weights, and which weights they are.

Only safetensors are accepted: a pickled checkpoint can run code when it is read. Nothing is ever downloaded here.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generation.errors import WeightsError

# The reference is given the parent of this folder.
RELEASED_NAME = "t5-v1_1-xxl"
_CONFIG = "config.json"
_SINGLE_FILE = "model.safetensors"
_SHARD_INDEX = "model.safetensors.index.json"
# Reading 19 GB to name them would take longer than encoding; these samples hold the header and differ between any
# two trainings.
_SAMPLES_PER_FILE = 64
_SAMPLE_BYTES = 64 * 2**10


@dataclass(frozen=True, kw_only=True, slots=True)
class EncoderFolder:
    """A folder that holds a T5 configuration, its safetensors, and a tokenizer."""

    path: Path
    # config.json as it stands.
    config: dict[str, Any]
    weight_files: tuple[Path, ...]

    @property
    def text_dim(self) -> int:
        """Width of the embeddings, known without loading any weight."""
        return int(self.config["d_model"])

    @property
    def vocabulary_size(self) -> int:
        """Token ids are below this."""
        return int(self.config["vocab_size"])

    def identity(self) -> str:
        """A hash that changes with the weights, the configuration and the tokenizer, 64 hexadecimal digits.

        Raises:
            WeightsError: If a file cannot be read.
        """
        digest = hashlib.sha256()
        try:
            # Configuration and tokenizer files count whole, other files in the folder do not count.
            small = [path for path in self.path.iterdir() if path.suffix in (".json", ".model") and path.is_file()]
            for path in sorted({*small, *self.weight_files}):
                size = path.stat().st_size
                digest.update(f"{path.name}\0{size}\0".encode())
                for piece in _sample(path, size) if path in self.weight_files else [path.read_bytes()]:
                    digest.update(piece)
        except OSError as error:
            raise WeightsError(f"the text encoder in {self.path} cannot be read: {error.strerror or error}") from error
        return digest.hexdigest()


def find_encoder_folder(folder: Path) -> EncoderFolder:
    """Find a T5 encoder in a folder, or in its ``t5-v1_1-xxl`` as in the released layout.

    Raises:
        WeightsError: If there is none, it is not a T5, files are missing, or its weights are pickled.
    """
    places = (folder / RELEASED_NAME, folder)
    path = next((place for place in places if (place / _CONFIG).is_file()), None)
    if path is None:
        raise WeightsError(
            f"a text encoder folder must hold {_CONFIG}, model.safetensors and a tokenizer; found no {_CONFIG} in "
            f"{places[0]} or {places[1]}"
        )
    config = _read_json(path / _CONFIG)
    if config.get("model_type") != "t5":
        raise WeightsError(f"{path / _CONFIG} must describe a T5 encoder, got type {config.get('model_type')!r}")
    for field in ("d_model", "vocab_size"):
        if not isinstance(config.get(field), int):
            raise WeightsError(f"{path / _CONFIG} must give {field} as a whole number, got {config.get(field)!r}")
    return EncoderFolder(path=path, config=config, weight_files=_find_weight_files(path))


def _find_weight_files(path: Path) -> tuple[Path, ...]:
    if (path / _SINGLE_FILE).is_file():
        return (path / _SINGLE_FILE,)
    if not (path / _SHARD_INDEX).is_file():
        raise _no_safetensors(path)
    weight_map = _read_json(path / _SHARD_INDEX).get("weight_map")
    names = set(weight_map.values()) if isinstance(weight_map, dict) else set()
    if not names or not all(isinstance(name, str) and name == Path(name).name for name in names):
        raise WeightsError(f"{path / _SHARD_INDEX} must map weights to files of the same folder")
    missing = sorted(name for name in names if not (path / name).is_file())
    if missing:
        raise WeightsError(f"the text encoder in {path} lacks {', '.join(missing)}; download it again")
    return tuple(path / name for name in sorted(names))


def _no_safetensors(path: Path) -> WeightsError:
    pickled = sorted(file.name for file in path.glob("pytorch_model*.bin"))
    if not pickled:
        return WeightsError(f"the text encoder in {path} has no weights: {_SINGLE_FILE} is missing; download it")
    return WeightsError(
        f"the text encoder in {path} has only pickled weights ({', '.join(pickled)}), which can run code when read and "
        "are refused; turn them into safetensors without running them: python -m generation convert "
        f"{path}, or put the same encoder there as safetensors"
    )


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise WeightsError(f"{path} must be readable JSON: {error}") from error
    if not isinstance(content, dict):
        raise WeightsError(f"{path} must be a JSON object, got {type(content).__name__}")
    return content


def _sample(path: Path, size: int) -> Iterator[bytes]:
    """Evenly spaced pieces of a file, the first and the last bytes among them; all of a small file."""
    with path.open("rb") as file:
        if size <= _SAMPLES_PER_FILE * _SAMPLE_BYTES:
            yield file.read()
            return
        for index in range(_SAMPLES_PER_FILE):
            file.seek((size - _SAMPLE_BYTES) * index // (_SAMPLES_PER_FILE - 1))
            yield file.read(_SAMPLE_BYTES)
