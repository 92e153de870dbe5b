"""What a worker process is told by its environment."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from generation.config import DTYPES, MAX_THREADS, ExecutionConfig
from generation.contract.messages import DECODE_QUEUE, GENERATION_QUEUE
from generation.errors import ConfigError
from generation.presets import Preset, find_preset

KINDS = (GENERATION_QUEUE, DECODE_QUEUE)


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerSettings:
    """One worker process."""

    name: str
    # generation, decode
    kind: str
    preset: Preset
    execution: ExecutionConfig
    # What is shared with the product: a folder, or the address of a bucket and where that is.
    artifacts: str
    s3_endpoint: str
    # Folders: weights, and what can be made again.
    weights: Path
    cache: Path


def read_settings(environment: Mapping[str, str]) -> WorkerSettings:
    """The settings of this process.

    Args:
        environment: ``SCENELOOM_WORKER`` (its name), ``SCENELOOM_WORKER_KIND``, ``SCENELOOM_PRESET``,
            ``SCENELOOM_DATA``, ``SCENELOOM_WEIGHTS``, ``SCENELOOM_DEVICE``, ``SCENELOOM_DTYPE``,
            ``SCENELOOM_FP8``, ``SCENELOOM_THREADS``, ``SCENELOOM_ARTIFACTS``, ``SCENELOOM_S3_ENDPOINT``.

    Raises:
        ConfigError: Naming the variable that is wrong.
    """
    kind = environment.get("SCENELOOM_WORKER_KIND", "") or GENERATION_QUEUE
    if kind not in KINDS:
        raise ConfigError(f"SCENELOOM_WORKER_KIND must be one of {', '.join(KINDS)}, got {kind!r}")
    data = Path(environment.get("SCENELOOM_DATA", "") or "data").absolute()
    preset = find_preset(environment.get("SCENELOOM_PRESET", "") or "starter")
    return WorkerSettings(
        name=environment.get("SCENELOOM_WORKER", "") or f"{kind}-{socket.gethostname()}-{os.getpid()}",
        kind=kind,
        preset=preset,
        execution=_execution(environment, preset.execution),
        artifacts=environment.get("SCENELOOM_ARTIFACTS", "") or str(data / "artifacts"),
        s3_endpoint=environment.get("SCENELOOM_S3_ENDPOINT", ""),
        weights=Path(environment.get("SCENELOOM_WEIGHTS", "") or data / "weights").absolute(),
        cache=data / "cache",
    )


def _execution(environment: Mapping[str, str], usual: ExecutionConfig) -> ExecutionConfig:
    """Where and how precisely: as told, else as the preset does."""
    dtype = environment.get("SCENELOOM_DTYPE", "") or usual.dtype
    if dtype not in DTYPES:
        raise ConfigError(f"SCENELOOM_DTYPE must be one of {', '.join(DTYPES)}, got {dtype!r}")
    fp8 = environment.get("SCENELOOM_FP8", "") or "01"[usual.fp8]
    if fp8 not in ("0", "1"):
        raise ConfigError(f"SCENELOOM_FP8 must be 0 or 1, got {fp8!r}")
    device = environment.get("SCENELOOM_DEVICE", "") or usual.device
    return replace(usual, device=device, dtype=dtype, fp8=fp8 == "1", threads=_threads(environment))


def _threads(environment: Mapping[str, str]) -> int:
    """Processor threads: as told, else one fewer than there are, since requests want to be answered meanwhile."""
    asked = environment.get("SCENELOOM_THREADS", "")
    if not asked:
        return max(1, len(os.sched_getaffinity(0)) - 1) if hasattr(os, "sched_getaffinity") else 1
    if not asked.isdecimal() or not 1 <= int(asked) <= MAX_THREADS:
        raise ConfigError(f"SCENELOOM_THREADS must be a whole number in 1..{MAX_THREADS}, got {asked!r}")
    return int(asked)
