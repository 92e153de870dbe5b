"""Puts stored weights into a module: strictly, in one pass over the files, after everything has been checked.

First the headers of all files are compared with the module: missing, surplus, wrongly shaped and wrongly typed tensors
are named in one error, and no weight has been read by then. Then each file is read once from start to end, tensor by
tensor, so compressed shards need neither a second copy in memory nor one on disk. The module is changed only when all
of it is there.
"""

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn

from generation.errors import OutOfMemory, WeightsError
from generation.weights.files.dtypes import NAMES, cast_problem
from generation.weights.files.fingerprint import Fingerprint
from generation.weights.files.header import Header, Readable, StoredTensor, read_exactly
from generation.weights.files.shards import Shard, find_shards, open_shard, require_end
from generation.weights.files.torch_dtypes import dtype_name, torch_dtype

logger = logging.getLogger(__name__)

_SKIPPED_AT_ONCE = 2**20
# Names in a message; a folder of another model lacks hundreds.
_MOST_TOLD = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadedWeights:
    """What was loaded."""

    # Tells these weights from all others; a sampler state belongs to one (see files/fingerprint.py).
    weights_hash: str
    # Bytes of the tensors as stored.
    num_bytes: int
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wanted:
    """What the module wants of one stored tensor."""

    # Our names: more than one for tied weights.
    names: tuple[str, ...]
    shape: tuple[int, ...]
    dtype: str


@dataclass(kw_only=True, slots=True)
class _Problems:
    """Names of tensors by what is wrong with them."""

    missing: list[str] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def raise_if_any(self, source: Path) -> None:
        """Say all of it at once, up to so many of each kind."""
        kinds = (
            ("missing", self.missing, ", "),
            ("not part of this model", self.surplus, ", "),
            ("wrong", self.wrong, "; "),
        )
        parts = [f"{kind}: {_told(names, between)}" for kind, names, between in kinds if names]
        if parts:
            raise WeightsError(f"the weights in {source} do not fit the model. " + ". ".join(parts))


def _told(names: list[str], between: str) -> str:
    more = len(names) - _MOST_TOLD
    return between.join([*sorted(names)[:_MOST_TOLD], *([f"and {more} more"] if more > 0 else [])])


def _wanted_tensors(module: nn.Module, key_map: Mapping[str, str], dtype_map: Mapping[str, str]) -> dict[str, _Wanted]:
    """What to look for, by the name in the files.

    Raises:
        WeightsError: If the maps do not name exactly the module's tensors.
    """
    state = module.state_dict()
    unnamed = [name for name in state if name not in key_map or name not in dtype_map]
    unknown = sorted(({*key_map} | {*dtype_map}) - set(state))
    # What is built on the meta device and not stored could never get values.
    unstored = [name for name, buffer in module.named_buffers() if buffer.is_meta and name not in state]
    if unnamed or unknown or unstored:
        raise WeightsError(
            f"key_map and dtype_map must name exactly the module's tensors; without entry: {unnamed}, "
            f"without tensor: {unknown}, in the module but never stored: {unstored}"
        )
    wanted: dict[str, _Wanted] = {}
    for ours, theirs in key_map.items():
        torch_dtype(dtype_map[ours])
        names = (*wanted[theirs].names, ours) if theirs in wanted else (ours,)
        wanted[theirs] = _Wanted(names=names, shape=tuple(state[ours].shape), dtype=dtype_map[ours])
    return wanted


def _check_tensor(stored: StoredTensor, wanted: _Wanted, problems: _Problems) -> None:
    if stored.shape != wanted.shape:
        problems.wrong.append(f"{stored.name} has shape {list(stored.shape)}, must be {list(wanted.shape)}")
    elif problem := cast_problem(stored.code, wanted.dtype):
        problems.wrong.append(f"{stored.name} {problem}")


def _check_shards(shards: Iterable[Shard], wanted: Mapping[str, _Wanted], source: Path) -> int:
    """Compare all headers with what is wanted; returns the bytes of the tensors to come.

    Raises:
        WeightsError: Naming what is missing, surplus, wrongly shaped or of the wrong type.
    """
    problems, found, num_bytes = _Problems(), set[str](), 0
    for shard in shards:
        if not shard.path.is_file():
            problems.wrong.append(f"the file {shard.path.name} is not there; fetch it again")
            found |= shard.promised or set()
            continue
        with open_shard(shard) as (header, _):
            taken = _taken(header, shard)
        problems.wrong += [
            f"{name} is promised in {shard.path.name} but not there"
            for name in (shard.promised or set()) - {stored.name for stored in taken}
        ]
        for stored in taken:
            if stored.name in found:
                problems.wrong.append(f"{stored.name} is stored twice")
            elif stored.name not in wanted:
                problems.surplus.append(stored.name)
            else:
                _check_tensor(stored, wanted[stored.name], problems)
            num_bytes += stored.num_bytes
        found |= shard.promised or {stored.name for stored in taken}
    problems.missing += [
        theirs if names == (theirs,) else f"{theirs} (for {', '.join(names)})"
        for theirs, names in ((theirs, want.names) for theirs, want in wanted.items() if theirs not in found)
    ]
    problems.raise_if_any(source)
    return num_bytes


def _taken(header: Header, shard: Shard) -> list[StoredTensor]:
    """The tensors that are taken from a shard: with an index those it promises there, else all."""
    return [stored for stored in header.tensors if shard.promised is None or stored.name in shard.promised]


def _read_tensor(stream: Readable, stored: StoredTensor, source: str) -> Tensor:
    """The next tensor's bytes, uint8, ``(num_bytes,)``, on the CPU."""
    content = torch.empty(stored.num_bytes, dtype=torch.uint8)
    read_exactly(stream, content.numpy().data, source=source)
    return content


def _skip(stream: Readable, num_bytes: int, source: str) -> None:
    scratch = memoryview(bytearray(min(num_bytes, _SKIPPED_AT_ONCE)))
    while num_bytes:
        step = min(num_bytes, _SKIPPED_AT_ONCE)
        read_exactly(stream, scratch[:step], source=source)
        num_bytes -= step


def _convert(content: Tensor, stored: StoredTensor, wanted: _Wanted, device: str) -> Tensor:
    """Bytes to the tensor as wanted.

    Raises:
        WeightsError: If its values do not fit the wanted element type.
    """
    values = content.view(torch_dtype(NAMES[stored.code])).view(stored.shape)
    converted = values.to(device=device, dtype=torch_dtype(wanted.dtype))
    # The only type here with a smaller range than what it may be made from.
    if wanted.dtype == "float16" and stored.code != "F16" and not bool(torch.isfinite(converted).all()):
        raise WeightsError(f"{stored.name} has values outside the range of float16; run in bfloat16 or float32")
    return converted


def _read_shard(
    shard: Shard, wanted: Mapping[str, _Wanted], device: str, fingerprint: Fingerprint
) -> dict[str, Tensor]:
    """All tensors that are taken from one file, by our names."""
    tensors: dict[str, Tensor] = {}
    source = str(shard.path)
    with open_shard(shard) as (header, stream):
        names = {stored.name for stored in _taken(header, shard)}
        for stored in header.tensors:
            if stored.name not in names:
                _skip(stream, stored.num_bytes, source)
                continue
            content = _read_tensor(stream, stored, source)
            fingerprint.add(stored.name, dtype=NAMES[stored.code], shape=stored.shape, content=content.numpy().data)
            converted = _convert(content, stored, wanted[stored.name], device)
            tensors.update(dict.fromkeys(wanted[stored.name].names, converted))
        require_end(stream, source=source)
    return tensors


def _is_out_of_memory(error: Exception) -> bool:
    # Torch has a type of its own for GPUs only; on the CPU it says so in words.
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or "allocate memory" in str(error)


def load_into(
    module: nn.Module, source: Path, *, key_map: Mapping[str, str], dtype_map: Mapping[str, str], device: str
) -> LoadedWeights:
    """Give every tensor of a module its stored values.

    Args:
        module: Built on the meta device, or anywhere; its shapes are what the files must have. Its parameters are
            replaced, so their dtype and device after this are those asked for here.
        source: A safetensors file, an index of shards, or the folder with either; each may be ``.zst``.
        key_map: Our names to the names in the files, one entry for every tensor.
        dtype_map: Our names to element types, as ``"bfloat16"``. Types are converted as asked, but never from or to
            ``"float8_e4m3fn"``.
        device: Where the tensors are put.

    Returns:
        The fingerprint of the weights, their size, and how long it took.

    Raises:
        WeightsError: If anything is missing, surplus, wrongly shaped, of another element type, damaged or pickled;
            the module is unchanged then.
        OutOfMemory: If the device cannot hold them; the module is unchanged then, too.
    """
    started = time.perf_counter()
    wanted = _wanted_tensors(module, key_map, dtype_map)
    shards = find_shards(source)
    num_bytes = _check_shards(shards, wanted, source)
    fingerprint = Fingerprint()
    tensors: dict[str, Tensor] = {}
    try:
        for shard in shards:
            tensors.update(_read_shard(shard, wanted, device, fingerprint))
    except (RuntimeError, MemoryError) as error:
        if not _is_out_of_memory(error):
            raise
        raise OutOfMemory(
            f"{device} has too little memory for the {num_bytes / 1e9:.1f} GB of weights in {source}"
        ) from error
    module.load_state_dict(tensors, strict=True, assign=True)
    loaded = LoadedWeights(weights_hash=fingerprint.text(), num_bytes=num_bytes, seconds=time.perf_counter() - started)
    logger.info("loaded %.2f GB from %s in %.1f s", num_bytes / 1e9, source, loaded.seconds)
    return loaded


def fingerprint_of(module: nn.Module) -> str:
    """The fingerprint of a module's own tensors, for weights that come from no file.

    Args:
        module: With its weights in place, on any device.
    """
    fingerprint = Fingerprint()
    for name, tensor in module.state_dict().items():
        content = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
        fingerprint.add(name, dtype=dtype_name(tensor.dtype), shape=tuple(tensor.shape), content=content.numpy().data)
    return fingerprint.text()
