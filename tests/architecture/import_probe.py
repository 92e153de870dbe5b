"""Run as a program: what happens when modules are imported, each in a process as good as fresh.

Reads a question as JSON from standard input, writes the answers as JSON to standard output. Libraries named in
``preload`` are imported first, so that what they do is not blamed on us; then the process is copied for each module.
"""

import importlib
import json
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

# What an import may not do. Opening is judged by its mode; Python's own cache of compiled modules is nobody's doing.
EVENTS = (
    "socket.bind", "socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.putenv", "os.unsetenv",
    "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.chdir", "os.fork", "shutil.rmtree", "tempfile.mkstemp",
)  # fmt: skip
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def is_for_writing(path: object, _mode: object, flags: object) -> bool:
    """Whether an opening could change a file; a number stands for a file that was opened, and noted, before."""
    return not isinstance(path, int) and isinstance(flags, int) and bool(flags & WRITING)


def watch(notes: list[str]) -> None:
    """Note, from now on and for ever, what the interpreter reports about itself."""

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if "__pycache__" in str(arguments):
            return
        if event in EVENTS or (event == "open" and is_for_writing(*arguments)):
            notes.append(f"{event} {arguments}")

    sys.addaudithook(hook)


def root_logger() -> tuple[int, int, int]:
    """What a library could have changed about everybody's logging."""
    root = logging.getLogger()
    return root.level, len(root.handlers), len(root.filters)


def cuda_is_awake() -> bool:
    """Whether the GPU has been touched; false where there is no torch."""
    torch = sys.modules.get("torch")
    return torch is not None and bool(torch.cuda.is_initialized())


def probe(name: str) -> list[str]:
    """Import a module; say what was done that should not have been."""
    notes: list[str] = []
    environment, logger, threads = dict(os.environ), root_logger(), torch_threads()
    watch(notes)
    try:
        importlib.import_module(name)
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is the answer
        return [f"{type(error).__name__}: {error}"]
    if dict(os.environ) != environment:
        notes.append("changed the environment variables")
    if root_logger() != logger:
        notes.append("changed the root logger")
    if torch_threads() != threads:
        notes.append("changed torch's threads, default type or gradient mode")
    if cuda_is_awake():
        notes.append("initialised CUDA")
    return notes


def torch_threads() -> tuple[object, ...]:
    """Torch's settings for the whole process."""
    torch = sys.modules.get("torch")
    if torch is None:
        return ()
    return torch.get_num_threads(), torch.get_default_dtype(), torch.is_grad_enabled(), torch.initial_seed()


def set_django_up() -> None:
    """What every process of the product does first: it reads the settings and loads the tables."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.support.settings")
    sys.path.insert(0, str(Path.cwd()))
    importlib.import_module("django").setup()
    # Loaded with the first address; each may be imported only once Django is up.
    for name in ("rest_framework.views", "drf_spectacular.utils", "channels.generic.websocket", "django.contrib.admin"):
        importlib.import_module(name)


def in_a_copy(work: Callable[[], list[str]]) -> list[str]:
    """Do something in a copy of this process and bring back what it says."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with os.fdopen(writing, "w") as pipe:
            json.dump(work(), pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    return json.loads(answer) if answer else ["the import ended the process"]


def main() -> None:
    """Answer the question on standard input."""
    question = json.load(sys.stdin)
    for name in question["blocked"]:
        # Importing it now fails as if it were not installed.
        sys.modules[name] = None  # type: ignore[assignment]
    if question.get("in_django"):
        set_django_up()
    for name in question["preload"]:
        importlib.import_module(name)
    answers = {name: in_a_copy(lambda name=name: probe(name)) for name in question["modules"]}
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
