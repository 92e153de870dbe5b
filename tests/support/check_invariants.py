"""``python -m tests.support.check_invariants [--at-rest]``: the six invariants of the studio in ``SCENELOOM_DATA``."""

import sys

import django


def main(*words: str) -> None:
    django.setup()
    from tests.support.invariants import check

    check(at_rest="--at-rest" in words)


if __name__ == "__main__":
    main(*sys.argv[1:])
