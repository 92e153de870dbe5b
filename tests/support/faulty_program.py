"""A program of the studio with short leases and, if wished, a fault at one exact point.

``python -m tests.support.faulty_program PLAN celery ...`` or ``... PLAN manage.py ...``; the plan is the JSON of a
:class:`Plan`. The product has no switches for faults: what is to go wrong is put around a function from outside.
"""

import importlib
import json
import os
import runpy
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

# Long enough that somebody else comes in between.
DAWDLE_SECONDS = 0.3


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What goes wrong, where, when."""

    # ``module:function`` or ``module:Class.method``, as its callers look it up.
    at: str
    # A Python expression over ``args``, ``kwargs`` and ``calls``, the number of this call from 1.
    when: str = "True"
    # die_before, die_after, raise, nan, dawdle
    how: str = "die_before"
    # Where it is noted that it happened; with a note already there it does not happen again. Empty: every time.
    once: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How a program differs from the one that people run."""

    # ``module:NAME`` to value, set before anything else is imported.
    constants: dict[str, float] = field(default_factory=dict)
    fault: Fault | None = None

    def to_text(self) -> str:
        return json.dumps(asdict(self))


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    # The signal comes when it comes; nothing more is done until then.
    time.sleep(60)


def happens(fault: Fault, calls: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether this call is the one; notes it if so."""
    if fault.once and Path(fault.once).exists():
        return False
    if not eval(fault.when, {"args": args, "kwargs": kwargs, "calls": calls}):
        return False
    if fault.once:
        Path(fault.once).touch()
    return True


def around(function: Callable[..., Any], fault: Fault) -> Callable[..., Any]:
    """The function, with its fault."""
    calls = 0

    @wraps(function)
    def faulty(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if not happens(fault, calls, args, kwargs):
            return function(*args, **kwargs)
        if fault.how == "die_before":
            die()
        if fault.how == "raise":
            raise RuntimeError("a fault that a test asked for")
        result = function(*args, **kwargs)
        if fault.how == "die_after":
            die()
        if fault.how == "dawdle":
            time.sleep(DAWDLE_SECONDS)
        return result * float("nan") if fault.how == "nan" else result

    return faulty


def module(name: str) -> Any:
    """A module by name; the product's own need Django first."""
    if name.startswith("projects"):
        import django

        django.setup()
    return importlib.import_module(name)


def plant(fault: Fault) -> None:
    """Put a fault where it is to be."""
    module_name, _, path = fault.at.partition(":")
    owner = module(module_name)
    *outer, name = path.split(".")
    for part in outer:
        owner = getattr(owner, part)
    setattr(owner, name, around(getattr(owner, name), fault))


def main(plan_text: str, program: str, *words: str) -> None:
    plain = json.loads(plan_text)
    for place, value in plain["constants"].items():
        module_name, _, name = place.partition(":")
        setattr(module(module_name), name, value)
    if plain["fault"]:
        plant(Fault(**plain["fault"]))
    sys.argv = [program, *words]
    if program.endswith(".py"):
        runpy.run_path(program, run_name="__main__")
    else:
        runpy.run_module(program, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
