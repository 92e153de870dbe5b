"""Tensors and facts in one safetensors blob that refuses to be read back changed.

A blob holds named tensors, a JSON header, and a digest over both. Reading back a truncated, edited, pickled or foreign
file fails with :class:`~generation.errors.StateError`; nothing in it is ever executed.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from generation.errors import StateError

# One metadata entry only: the order of several is not fixed, and equal content should give equal bytes.
METADATA_KEY = "sceneloom"
HEADER_LENGTH_BYTES = 8


def content_digest(tensors: Mapping[str, Tensor], header: Mapping[str, Any]) -> str:
    """Fingerprint of everything in a blob, equal on every device.

    Args:
        tensors: Any dtype and device.
        header: Values that JSON can hold.

    Returns:
        32 hexadecimal digits.
    """
    digest = hashlib.blake2b(json.dumps(header, sort_keys=True).encode(), digest_size=16)
    for name in sorted(tensors):
        tensor = tensors[name]
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        digest.update(tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def seal(kind: str, tensors: Mapping[str, Tensor], header: Mapping[str, Any]) -> bytes:
    """Put tensors and a header into one blob; equal content gives equal bytes.

    Args:
        kind: What the blob is, checked when it is read back.
        tensors: Any dtype and device.
        header: Values that JSON can hold.
    """
    content = {"kind": kind, "header": dict(header), "digest": content_digest(tensors, header)}
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    return safetensors.torch.save(plain, metadata={METADATA_KEY: json.dumps(content, sort_keys=True)})


def unseal(kind: str, blob: bytes) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Take a blob apart again.

    Args:
        kind: What the blob must be.
        blob: What :func:`seal` returned.

    Returns:
        The tensors on the CPU, and the header.

    Raises:
        StateError: If the blob is of another kind or not byte for byte what was sealed.
    """
    try:
        length = int.from_bytes(blob[:HEADER_LENGTH_BYTES], "little")
        safetensors_header = json.loads(blob[HEADER_LENGTH_BYTES : HEADER_LENGTH_BYTES + length])
        content = json.loads(safetensors_header["__metadata__"][METADATA_KEY])
        found, header, digest = content["kind"], content["header"], content["digest"]
        tensors = safetensors.torch.load(blob)
    except (SafetensorError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise StateError(
            f"a {kind} must be the safetensors file that was written, got a damaged or foreign one"
        ) from error
    if found != kind:
        raise StateError(f"a file must hold a {kind}, got a {found}")
    if content_digest(tensors, header) != digest:
        raise StateError(f"a {kind} must be read back as written, got changed content; it cannot be trusted")
    return tensors, header
