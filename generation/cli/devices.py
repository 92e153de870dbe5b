"""Which devices this machine has, as far as torch can use them."""

import re

import torch

from generation.errors import ConfigError

_NAME = re.compile(r"cpu|mps|cuda(?::(\d{1,3}))?")


def default_device() -> str:
    """The first GPU if there is one, else the CPU."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def check_device(name: str) -> None:
    """Check that a device exists here.

    Raises:
        ConfigError: If the name is none, or the machine lacks the device.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise ConfigError(f"--device must be cpu, cuda, cuda:N or mps, got {name[:40]!r}")
    if name == "mps" and not torch.backends.mps.is_available():
        raise ConfigError("--device mps needs an Apple GPU, which torch does not find here; use cpu")
    if name.startswith("cuda"):
        count = torch.cuda.device_count() if torch.cuda.is_available() else 0
        if not count:
            raise ConfigError(f"--device {name} needs a CUDA GPU, which torch does not find here; use cpu")
        if int(match[1] or 0) >= count:
            raise ConfigError(f"--device {name} must be below cuda:{count}: that many GPUs are here")
