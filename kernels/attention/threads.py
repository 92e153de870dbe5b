"""Several processor threads that each compute alone, on their own part.

PyTorch lets all threads work on one operation together and meet after each. A block of attention is four small
operations, so they would meet every few hundred microseconds, and read from one another's caches in between: with
passive waiting that costs half again. Here each thread takes whole blocks instead, and they meet once.
"""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import torch


@dataclass(frozen=True, kw_only=True, slots=True)
class _Mode:
    """What PyTorch keeps per thread, as the caller has it."""

    inference: bool


def run_apart(parts: Sequence[Callable[[], None]]) -> None:
    """Run parts that write to different memory, each on one thread of its own at a time.

    The thread that asks for them waits. Errors of a part are raised here.

    Args:
        parts: Any number; with one, or one thread, they run in the caller, with all of PyTorch's threads.
    """
    threads = torch.get_num_threads()
    if threads == 1 or len(parts) == 1:
        for part in parts:
            part()
        return
    mode = _Mode(inference=torch.is_inference_mode_enabled())
    for done in [_pool(threads, os.getpid()).submit(_run, part, mode) for part in parts]:
        done.result()


def _run(part: Callable[[], None], mode: _Mode) -> None:
    with torch.inference_mode(mode=mode.inference), torch.no_grad():
        part()


@lru_cache(maxsize=4)
def _pool(threads: int, process: int) -> ThreadPoolExecutor:  # noqa: ARG001 - a fork has none of its parent's threads
    """Threads for which PyTorch has teams of one."""
    together = threading.Barrier(threads)

    def alone() -> None:
        # A thread takes up the process's number when it first asks; what it sets before is lost.
        torch.get_num_threads()
        torch.set_num_threads(1)
        together.wait()

    pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="attention", initializer=alone)
    # The barrier holds every thread until all are there, so that each of these starts one.
    for started in [pool.submit(bool) for _ in range(threads)]:
        started.result()
    # The number holds for the thread that sets it and for threads that are yet to be: those are not to be alone.
    torch.set_num_threads(threads)
    return pool
