"""The safetensors files that together hold one model, and how to read each from start to end.

A model is one file, or shards with an index that says which tensor lies where. Any of the files may be compressed
with Zstandard under the same name plus ``.zst``, which is then the one that is read (spec dit §2.1).
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import zstandard

from generation.errors import WeightsError
from generation.weights.files.header import LARGEST_HEADER, Header, Readable, read_header

# Stems under which models are published: MAGI's transformer, and diffusers' autoencoders.
STEMS = ("model", "diffusion_pytorch_model")
PICKLED_SUFFIXES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")
# Frames made with --long need a window of up to 2 GiB.
_LARGEST_WINDOW = 2**31


@dataclass(frozen=True, kw_only=True, slots=True)
class Shard:
    """One file of a model."""

    path: Path
    # The tensors an index promises in it; None without an index: all it has.
    promised: frozenset[str] | None

    @property
    def compressed(self) -> bool:
        """Whether its bytes go through Zstandard."""
        return self.path.suffix == ".zst"


def _refuse_pickle_name(path: Path) -> None:
    if path.name.removesuffix(".zst").endswith(PICKLED_SUFFIXES):
        raise WeightsError(
            f"{path} is pickled by its name: such files can run code and are never opened; convert it to safetensors"
        )


def _or_compressed(path: Path) -> Path:
    """The compressed twin where it stands."""
    twin = path.with_name(path.name + ".zst")
    return twin if twin.is_file() else path


def read_index(path: Path) -> Mapping[str, str]:
    """Which file holds which tensor.

    Raises:
        WeightsError: If the index is damaged, or names files outside its folder.
    """
    try:
        if path.stat().st_size > LARGEST_HEADER:
            raise WeightsError(f"{path} is too large for an index; fetch it again")
        weight_map = json.loads(path.read_text("utf-8"))["weight_map"]
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise WeightsError(f"{path} is a damaged index ({error}); fetch it again") from error
    if not isinstance(weight_map, dict) or not weight_map:
        raise WeightsError(f"{path} is a damaged index: weight_map must name every tensor's file; fetch it again")
    for name, file in weight_map.items():
        if not isinstance(file, str) or file in ("", ".", "..") or any(sign in file for sign in "/\\\0"):
            raise WeightsError(f"{path} must name files beside itself, got {file!r} for {name}")
    return cast("dict[str, str]", weight_map)


def _indexed(index: Path) -> tuple[Shard, ...]:
    weight_map = read_index(index)
    shards = []
    for file in sorted(set(weight_map.values())):
        _refuse_pickle_name(index.with_name(file))
        promised = frozenset(name for name, holder in weight_map.items() if holder == file)
        shards.append(Shard(path=_or_compressed(index.with_name(file)), promised=promised))
    return tuple(shards)


def _nothing_there(folder: Path) -> WeightsError:
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if any(name.endswith(".part") for name in names):
        return WeightsError(f"the download into {folder} is not finished; start it again and it goes on")
    pickled = [name for name in names if name.endswith(PICKLED_SUFFIXES)]
    if pickled:
        return WeightsError(
            f"{folder} has only pickled weights ({', '.join(pickled[:3])}), which are never opened; "
            "convert them to safetensors"
        )
    return WeightsError(f"there are no weights in {folder}: {STEMS[0]}.safetensors or its index must be there")


def find_shards(source: Path) -> tuple[Shard, ...]:
    """The files of a model.

    Args:
        source: A safetensors file, an index, or the folder with either.

    Raises:
        WeightsError: If there are none, or only pickled ones.
    """
    if source.is_dir():
        for stem in STEMS:
            if (index := source / f"{stem}.safetensors.index.json").is_file():
                return _indexed(index)
        for stem in STEMS:
            if (single := _or_compressed(source / f"{stem}.safetensors")).is_file():
                return (Shard(path=single, promised=None),)
        raise _nothing_there(source)
    _refuse_pickle_name(source)
    path = _or_compressed(source)
    if not path.is_file():
        raise WeightsError(f"there is no file {source}")
    return _indexed(path) if path.name.endswith(".index.json") else (Shard(path=path, promised=None),)


@contextmanager
def open_shard(shard: Shard) -> Iterator[tuple[Header, Readable]]:
    """Read a shard's header; the stream then gives the tensors' bytes in the header's order.

    Raises:
        WeightsError: If it is missing, cannot be read, is pickled, or its header is impossible.
    """
    source = str(shard.path)
    try:
        with shard.path.open("rb", buffering=0) as file:
            if not shard.compressed:
                yield read_header(file, file_bytes=shard.path.stat().st_size, source=source), file
                return
            with zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW).stream_reader(
                file, read_across_frames=True, closefd=False
            ) as stream:
                yield read_header(stream, file_bytes=None, source=source), stream
    except OSError as error:
        raise WeightsError(f"{source} cannot be read: {error.strerror or error}") from error
    except zstandard.ZstdError as error:
        raise WeightsError(f"{source} is not a whole Zstandard file ({error}); fetch it again") from error


def require_end(stream: Readable, *, source: str) -> None:
    """Check that nothing follows the last tensor; a file's length says so beforehand, a compressed one's does not.

    Raises:
        WeightsError: If bytes are left.
    """
    if stream.readinto(memoryview(bytearray(1))):
        raise WeightsError(f"{source} goes on after its last tensor; fetch it again")
