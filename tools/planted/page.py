"""``python -m tools.planted.page``: the list of planted faults as a page of the documents."""

import sys

from tools.planted.faults import FAULTS

PAGE = "docs/planted-faults.md"

_HEAD = """\
# Planted faults

Each row is a guard that keeps a promise of the studio. `python -m tools.planted` takes one out at a time, in a copy of
the project, and runs the tests that must notice, without the fault and with it; one that turns none red is a gap. The
lists are `tools/planted/action_faults.py` and `tools/planted/edge_faults.py`; this page is made of them and checked
against them.

| guard | where | without it | noticed by |
|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    rows = [
        f"| {fault.name} | `{fault.path}` | {fault.harm} | {', '.join(f'`{path}`' for path in _files(fault.tests))} |\n"
        for fault in FAULTS
    ]
    return _HEAD + "".join(rows)


def _files(tests: tuple[str, ...]) -> list[str]:
    return sorted({test.partition("::")[0] for test in tests})


if __name__ == "__main__":
    sys.stdout.write(page())
