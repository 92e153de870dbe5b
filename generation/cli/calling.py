"""Command lines for people to copy: they work in the shell that shows them."""

import shlex
import sys
from pathlib import Path


def command_line(*words: str) -> str:
    """How the program is called with some words, from the folder that one is in.

    By this interpreter's own path, because ``python`` may be another one there, or none.

    Args:
        words: A command and its flags, or flags alone.
    """
    python, here = Path(sys.executable), Path.cwd()
    shown = python.relative_to(here) if python.is_relative_to(here) else python
    return shlex.join([str(shown), "-m", "generation", *words])
