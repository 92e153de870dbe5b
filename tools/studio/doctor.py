"""What this machine has, what is missing, and what to do about it."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from studio.browser import ADVICE, find_chromium
from studio.environment import Environment
from studio.processes import run

GIGABYTE = 1024**3
NEEDED_DISK_BYTES = 3 * GIGABYTE
NEEDED_MEMORY_BYTES = 4 * GIGABYTE
TORCH_PROBE = "import torch; print(torch.__version__, torch.cuda.device_count())"


class State(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    NOTE = "note"  # something works less well, or not at all, without it
    MISSING = "MISSING"  # nothing works without it


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One fact about the machine, and what to do if it is not as it should be."""

    name: str
    state: State
    fact: str
    advice: str = ""


def disk_finding(free_bytes: int, *, is_set_up: bool) -> Finding:
    """Whether the first set-up fits."""
    fact = f"{free_bytes / GIGABYTE:.1f} GB free"
    if is_set_up or free_bytes >= NEEDED_DISK_BYTES:
        return Finding(name="disk", state=State.OK, fact=fact)
    advice = f"the set-up needs about {NEEDED_DISK_BYTES // GIGABYTE} GB, more with a CUDA build of torch"
    return Finding(name="disk", state=State.MISSING, fact=fact, advice=advice)


def memory_finding(total_bytes: int) -> Finding:
    """Whether small models and the tests have room."""
    fact = f"{total_bytes / GIGABYTE:.1f} GB"
    if total_bytes >= NEEDED_MEMORY_BYTES:
        return Finding(name="memory", state=State.OK, fact=fact)
    advice = f"tests and small models want about {NEEDED_MEMORY_BYTES // GIGABYTE} GB"
    return Finding(name="memory", state=State.NOTE, fact=fact, advice=advice)


def environment_finding(environment: Environment) -> Finding:
    """Whether the packages are there."""
    if environment.is_ready(with_tests=True):
        return Finding(name="packages", state=State.OK, fact="all, with those for tests")
    if environment.is_ready(with_tests=False):
        return Finding(
            name="packages", state=State.OK, fact="all but those for tests", advice="./studio test adds them"
        )
    return Finding(name="packages", state=State.NOTE, fact="not installed yet", advice="./studio up installs them")


def gpu_finding(probe_output: str, *, has_driver: bool) -> Finding:
    """Whether torch can use a GPU.

    Args:
        probe_output: Torch's version and the number of devices it sees; empty when torch is not there.
        has_driver: Whether NVIDIA's driver is installed.
    """
    version, _, devices = probe_output.strip().partition(" ")
    if devices.isdigit() and int(devices) > 0:
        return Finding(name="GPU", state=State.OK, fact=f"{devices} for torch {version}")
    if has_driver:
        fact = f"a driver, but torch {version or '(not installed)'} sees no device"
        return Finding(name="GPU", state=State.NOTE, fact=fact, advice="install the CUDA build of torch into .venv")
    advice = "small models run on the CPU; the released ones need a GPU"
    return Finding(name="GPU", state=State.NOTE, fact="none", advice=advice)


def weights_finding(folder: Path) -> Finding:
    """Which released weights lie in the folder where the command line looks for them."""
    names = sorted(path.name for path in (folder / "ckpt").glob("*") if path.is_dir())
    if names:
        return Finding(name="weights", state=State.OK, fact=f"{', '.join(names)} in {folder}")
    advice = "the tiny model needs none; ./studio generate download fetches released ones"
    return Finding(name="weights", state=State.NOTE, fact=f"none in {folder}", advice=advice)


def browser_finding(environment: Environment) -> Finding:
    """Whether browser tests can run."""
    found = find_chromium(environment.base)
    if found.path:
        return Finding(name="Chromium", state=State.OK, fact=found.path)
    return Finding(name="Chromium", state=State.NOTE, fact="none: browser tests are not run", advice=ADVICE)


def examine(environment: Environment, cpus: int) -> Iterator[Finding]:
    """Look at everything, cheap things first."""
    yield Finding(name="Python", state=State.OK, fact=f"{sys.version.split()[0]} at {sys.executable}")
    yield Finding(name="processors", state=State.OK, fact=f"{cpus} for us, {os.cpu_count()} in all")
    yield memory_finding(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    is_set_up = environment.is_ready(with_tests=False)
    yield disk_finding(shutil.disk_usage(environment.root).free, is_set_up=is_set_up)
    yield environment_finding(environment)
    yield weights_finding(environment.root / "downloads")
    yield browser_finding(environment)
    probe = run((str(environment.python), "-c", TORCH_PROBE), cwd=environment.root, environment=environment.children())
    has_driver = shutil.which("nvidia-smi") is not None or Path("/proc/driver/nvidia").exists()
    yield gpu_finding("" if probe.code else probe.output, has_driver=has_driver)


def line_of(finding: Finding) -> str:
    """A finding as a person reads it."""
    advice = f" ({finding.advice})" if finding.advice else ""
    return f"  {finding.state:<8} {finding.name:<11} {finding.fact}{advice}"
