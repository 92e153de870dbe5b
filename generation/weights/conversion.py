"""Turns published PyTorch checkpoints into safetensors, without unpickling them (the text encoder comes as such)."""

import json
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from generation.artifacts import atomic_write
from generation.errors import StorageError, WeightsError
from generation.weights.files.shards import find_shards, read_index
from generation.weights.files.torch_archive import ArchivedTensor, list_archived

_BLOCK = 2**22
_SPARE_BYTES = 2**30
_PICKLED = "pytorch_model.bin"
_STEM = "model"


def _header(tensors: tuple[ArchivedTensor, ...]) -> bytes:
    entries: dict[str, object] = {"__metadata__": {"format": "pt"}}
    position = 0
    for tensor in tensors:
        stop = position + tensor.stop - tensor.start
        entries[tensor.name] = {"dtype": tensor.code, "shape": list(tensor.shape), "data_offsets": [position, stop]}
        position = stop
    text = json.dumps(entries).encode()
    # Readers that map the file want the numbers aligned.
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text


def _content(archive: zipfile.ZipFile, tensor: ArchivedTensor) -> Iterator[bytes]:
    """A tensor's bytes, block by block."""
    with archive.open(tensor.member) as member:
        member.seek(tensor.start)
        left = tensor.stop - tensor.start
        while left:
            block = member.read(min(_BLOCK, left))
            if not block:
                raise WeightsError(f"{archive.filename} ends within {tensor.name}; fetch it again")
            left -= len(block)
            yield block


def _write(archive: zipfile.ZipFile, tensors: tuple[ArchivedTensor, ...], file: IO[bytes]) -> None:
    file.write(_header(tensors))
    for tensor in tensors:
        for block in _content(archive, tensor):
            file.write(block)


def convert_file(source: Path, target: Path) -> tuple[str, ...]:
    """Write the tensors of one PyTorch checkpoint as safetensors; bytes are copied, never interpreted.

    Args:
        source: What ``torch.save`` wrote from a flat dict of tensors.
        target: The safetensors file; it appears when it is whole.

    Returns:
        The names of the tensors.

    Raises:
        WeightsError: If it is damaged, or anything but a checkpoint of plain tensors.
        StorageError: If the disk refuses.
    """
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with zipfile.ZipFile(source) as archive:
            tensors = list_archived(archive, source=str(source))
            with unfinished.open("wb") as file:
                _write(archive, tensors, file)
        unfinished.replace(target)
    except (zipfile.BadZipFile, EOFError) as error:
        raise WeightsError(f"{source} is not a whole PyTorch checkpoint ({error}); fetch it again") from error
    except OSError as error:
        raise StorageError(f"{source} could not be written as {target}: {error.strerror or error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return tuple(tensor.name for tensor in tensors)


def is_converted(folder: Path) -> bool:
    """Whether a folder has whole safetensors under the name they are given here."""
    if not any((folder / f"{_STEM}.safetensors{end}").is_file() for end in ("", ".index.json")):
        return False
    return all(shard.path.is_file() for shard in find_shards(folder))


def needs_conversion(folder: Path) -> bool:
    """Whether a folder has PyTorch's own checkpoint and no whole safetensors."""
    pickled = (folder / _PICKLED).is_file() or (folder / f"{_PICKLED}.index.json").is_file()
    return pickled and not is_converted(folder)


def convert_folder(folder: Path) -> None:
    """Put safetensors beside the ``pytorch_model*.bin`` of a folder, which may be deleted afterwards.

    Args:
        folder: With one checkpoint, or shards and their index.

    Raises:
        WeightsError: If a file is missing, damaged, or anything but a checkpoint of plain tensors.
        StorageError: If the disk is too small or refuses.
    """
    index = folder / f"{_PICKLED}.index.json"
    names = sorted(set(read_index(index).values())) if index.is_file() else [_PICKLED]
    sources = [folder / name for name in names]
    if missing := [source.name for source in sources if not source.is_file()]:
        raise WeightsError(f"{folder} lacks {', '.join(missing)}; fetch it again")
    needed, free = sum(source.stat().st_size for source in sources) + _SPARE_BYTES, shutil.disk_usage(folder).free
    if free < needed:
        raise StorageError(f"converting {folder} needs {needed / 1e9:.1f} GB, {free / 1e9:.1f} GB are free; make room")
    weight_map: dict[str, str] = {}
    for source in sources:
        target = folder / (source.stem.replace("pytorch_model", _STEM) + ".safetensors")
        weight_map.update(dict.fromkeys(convert_file(source, target), target.name))
    if index.is_file():
        # Last, so that it never promises a file that is not there.
        promised = json.dumps({"metadata": {}, "weight_map": weight_map}, indent=1)
        atomic_write(folder / f"{_STEM}.safetensors.index.json", promised.encode())
