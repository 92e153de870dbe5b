"""Which machine a figure comes from, how busy it is, and how much memory this process has held."""

import os
import platform
import re
from dataclasses import dataclass
from pathlib import Path

import torch

from generation.model.precision import NATIVE_BFLOAT16

# Linux; other systems do not tell.
_PROCESSORS = Path("/proc/cpuinfo")
_STATUS = Path("/proc/self/status")
_FORGET = Path("/proc/self/clear_refs")
# What the kernel wants to read there in order to begin a new peak.
_NEW_PEAK = "5"
KIBIBYTE = 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """The hardware and the library, as far as they decide speed on a CPU."""

    processor: str
    cores: int
    threads: int
    torch_version: str
    multiplies_bfloat16: bool

    @classmethod
    def this_one(cls) -> "Machine":
        """Ask the system."""
        able = torch.cpu.get_capabilities()
        return cls(
            processor=_processor_name(),
            cores=os.cpu_count() or 1,
            threads=torch.get_num_threads(),
            torch_version=str(torch.__version__),
            multiplies_bfloat16=any(bool(able.get(name)) for name in NATIVE_BFLOAT16),
        )

    def __str__(self) -> str:
        """One line for people."""
        native = "native" if self.multiplies_bfloat16 else "no native"
        return (
            f"{self.processor}, {self.cores} cores, {self.threads} threads, torch {self.torch_version}, "
            f"{native} bfloat16 products"
        )


def load_average() -> float:
    """Processes that wanted a core in the last minute, on average; above the number of cores they waited."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")


def forget_peak() -> None:
    """Begin a new peak of memory; where the system cannot, :func:`peak_bytes` goes on from the old one."""
    if _FORGET.exists():
        _FORGET.write_text(_NEW_PEAK)


def peak_bytes() -> int | None:
    """Most memory that this process has held at once since :func:`forget_peak`; None where nobody counts it."""
    if not _STATUS.exists():
        return None
    found = re.search(r"^VmHWM:\s+(\d+) kB$", _STATUS.read_text(), re.MULTILINE)
    return int(found[1]) * KIBIBYTE if found else None


def _processor_name() -> str:
    if _PROCESSORS.exists():
        named = re.search(r"^model name\s*:\s*(.+)$", _PROCESSORS.read_text(), re.MULTILINE)
        if named:
            return named[1].strip()
    return platform.processor() or platform.machine()
