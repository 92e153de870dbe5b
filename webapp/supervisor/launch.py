"""``python launch.py PARENT NICENESS PROGRAM ...``: becomes a program that ends with the studio, however that ends.

A supervisor that is killed outright cannot stop its processes. On Linux the system can: it sends them SIGTERM when
their parent is gone. Run as a file without site packages, so it costs some 20 ms. Elsewhere it only lowers priority.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def end_with(parent: int) -> bool:
    """Ask the system to end this process with its parent; False if the parent is gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    return os.getppid() == parent


def main(words: list[str]) -> None:
    """Become the program; comes back only if there is no parent to work for."""
    parent, niceness, *command = words
    if not end_with(int(parent)):
        return
    if int(niceness):
        os.nice(int(niceness))
    os.execvp(command[0], command)  # noqa: S606 - named by the plan


if __name__ == "__main__":
    main(sys.argv[1:])
