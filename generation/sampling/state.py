"""A clip half-way, as a value: everything needed to go on, nothing that can be made again."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from torch import Tensor

from generation.artifacts import atomic_write
from generation.config import ChunkPolicy, NoisePolicy, SamplingConfig
from generation.errors import ConfigError, StateError, StorageError
from generation.sampling.sealed import content_digest, seal, unseal
from generation.sampling.window import num_stages

KIND = "sampler state"
STATE_VERSION = 1


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class SamplerState:
    """A clip between two stages. Tensors lie on the CPU and are never written to.

    Its size depends on the chunks in flight and in reach of attention, not on the clip's length. ``key`` names the
    content; two states with the same key go on with the same bytes.
    """

    sampling: SamplingConfig
    # Chunks to generate; a prefix comes on top.
    num_chunks: int
    # Latent frames given at the start, and how many whole chunks they are.
    prefix_frames: int
    num_prefix_chunks: int
    # The stage to run next; num_stages once the clip is finished.
    stage: int
    seed: int
    # The text and the weights this state belongs to.
    text_key: str
    weights_hash: str
    # (1, C, T, H, W) float32: chunks in flight, oldest first, without the one that the next stage starts from noise.
    latents: Tensor
    # Clean chunks from clean_start up to the first in flight, (1, C, T, H, W) each, exact prefix frames included.
    clean: tuple[Tensor, ...]
    clean_start: int
    # (1, C, T, H, W): prefix frames at the head of the first generated chunk while it is in flight; else 0 frames.
    prefix: Tensor
    # (1, C, T, H, W): starting noise of the chunks to come where it was given instead of a seed; else 0 frames.
    noise: Tensor
    key: str = field(init=False)

    def __post_init__(self) -> None:
        """Compute the key."""
        object.__setattr__(self, "key", content_digest(self._tensors(), self._header()))

    @property
    def num_stages(self) -> int:
        """Stages of the whole clip."""
        return num_stages(self.num_chunks, self.sampling.window_size)

    @property
    def is_finished(self) -> bool:
        """All chunks are clean."""
        return self.stage == self.num_stages

    @property
    def num_finished_chunks(self) -> int:
        """Generated chunks that are clean: once the window is full, every stage ends with one."""
        return max(0, self.stage - self.sampling.window_size + 1)

    @property
    def total_chunks(self) -> int:
        """Chunks of the clip, those of the prefix included."""
        return self.num_prefix_chunks + self.num_chunks

    @property
    def nbytes(self) -> int:
        """Memory of the tensors held."""
        return sum(tensor.nbytes for tensor in self._tensors().values())

    def to_bytes(self) -> bytes:
        """The state as one safetensors blob; equal states give equal bytes."""
        return seal(KIND, self._tensors(), self._header())

    @classmethod
    def from_bytes(cls, blob: bytes) -> "SamplerState":
        """Read back what :meth:`to_bytes` wrote.

        Raises:
            StateError: If the blob is damaged, was changed, or was written by another version.
        """
        tensors, header = unseal(KIND, blob)
        if header.get("version") != STATE_VERSION:
            raise StateError(f"a sampler state must be of version {STATE_VERSION}, got {header.get('version')}")
        try:
            return cls(
                sampling=_sampling_from_json(header["sampling"]),
                num_chunks=header["num_chunks"],
                prefix_frames=header["prefix_frames"],
                num_prefix_chunks=header["num_prefix_chunks"],
                stage=header["stage"],
                seed=header["seed"],
                text_key=header["text_key"],
                weights_hash=header["weights_hash"],
                latents=tensors["latents"],
                clean=tuple(tensors[f"clean.{index}"] for index in range(header["num_clean"])),
                clean_start=header["clean_start"],
                prefix=tensors["prefix"],
                noise=tensors["noise"],
            )
        except (KeyError, TypeError, ValueError, ConfigError) as error:
            raise StateError(f"a sampler state must be complete, got one that lacks or garbles {error}") from error

    def save(self, path: Path) -> None:
        """Write the state to a file, whole or not at all.

        Raises:
            StorageError: If it cannot be written.
        """
        atomic_write(path, self.to_bytes())

    @classmethod
    def load(cls, path: Path) -> "SamplerState":
        """Read back what :meth:`save` wrote.

        Raises:
            StorageError: If the file cannot be read.
            StateError: If it is damaged, was changed, or was written by another version.
        """
        try:
            blob = path.read_bytes()
        except OSError as error:
            raise StorageError(f"a sampler state must be readable at {path}, got: {error.strerror}") from error
        return cls.from_bytes(blob)

    def _tensors(self) -> dict[str, Tensor]:
        clean = {f"clean.{index}": latents for index, latents in enumerate(self.clean)}
        return {"latents": self.latents, "prefix": self.prefix, "noise": self.noise} | clean

    def _header(self) -> dict[str, Any]:
        return {
            "version": STATE_VERSION,
            "sampling": _sampling_to_json(self.sampling),
            "num_chunks": self.num_chunks,
            "prefix_frames": self.prefix_frames,
            "num_prefix_chunks": self.num_prefix_chunks,
            "stage": self.stage,
            "seed": self.seed,
            "text_key": self.text_key,
            "weights_hash": self.weights_hash,
            "num_clean": len(self.clean),
            "clean_start": self.clean_start,
        }


def _sampling_to_json(sampling: SamplingConfig) -> dict[str, Any]:
    # Through JSON and back, so that tuples compare as the lists that a file gives.
    plain: dict[str, Any] = json.loads(json.dumps(asdict(sampling)))
    return plain


def _sampling_from_json(plain: dict[str, Any]) -> SamplingConfig:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()}
    values["noise_policy"] = NoisePolicy(values["noise_policy"])
    values["chunk_policy"] = ChunkPolicy(values["chunk_policy"])
    return SamplingConfig(**values)
