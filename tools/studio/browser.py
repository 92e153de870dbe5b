"""Finding Chromium for the browser tests: named, on PATH, or from the system's packages."""

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from studio.processes import Finished, child_environment, run

VARIABLE = "SCENELOOM_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = f"install Chromium, or name one in {VARIABLE}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Chromium:
    """A browser, or the reason why there is none."""

    path: str = ""
    reason: str = ""


def find_chromium(environment: Mapping[str, str], which: Callable[[str], str | None] = shutil.which) -> Chromium:
    """Look where nothing has to be installed: the variable first, then PATH."""
    named = environment.get(VARIABLE, "")
    if named:
        if os.access(named, os.X_OK) and Path(named).is_file():
            return Chromium(path=named)
        return Chromium(reason=f"{VARIABLE} must name a program, got {named!r}")
    for name in NAMES:
        path = which(name)
        if path:
            return Chromium(path=path)
    return Chromium(reason=f"no Chromium on PATH; {ADVICE}")


def find_or_install_chromium(environment: Mapping[str, str], root: Path) -> Chromium:
    """Look for a browser and, as root on a system with apt, install it."""
    found = find_chromium(environment)
    if found.path or environment.get(VARIABLE) or not _may_install():
        return found
    print("Installing Chromium with apt, once (about 80 MB to download, 350 MB on disk) ...", flush=True)
    quiet = child_environment(environment, DEBIAN_FRONTEND="noninteractive")

    def apt(*arguments: str) -> Finished:
        return run(("apt-get", "-qq", *arguments), cwd=root, environment=quiet)

    # Outdated lists are no reason to stop: the package may be known already.
    apt("update")
    done = apt("install", "-y", "--no-install-recommends", "chromium")
    if done.code:
        last = (done.output.strip().splitlines() or ["nothing said"])[-1]
        return Chromium(reason=f"apt could not install Chromium ({last}); {ADVICE}")
    return find_chromium(environment)


def _may_install() -> bool:
    return sys.platform == "linux" and os.geteuid() == 0 and shutil.which("apt-get") is not None
