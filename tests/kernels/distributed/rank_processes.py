"""Processes that are the ranks of a gloo group, and run functions of test files by name.

One process loads torch and is copied for every rank, since loading takes seconds; it passes jobs on and collects what
the ranks say. A job is a line of JSON, and so is the answer: for every rank ``[error's class or "", text or result]``.
"""

import contextlib
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
RANKS = 4
# Seconds; a rank that waits longer for a peer than TIMEOUT says so, and one that says nothing is not waited for.
TIMEOUT, PATIENCE = 60.0, 170.0


class RankProcesses:
    """The side of the tests."""

    def __init__(self) -> None:
        environment = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
        self._process = subprocess.Popen(
            (sys.executable, "-m", "tests.kernels.distributed.rank_processes"),
            cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={
                **environment, "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "CUDA_VISIBLE_DEVICES": "",
                "GLOO_SOCKET_IFNAME": "lo",
            },
        )  # fmt: skip

    def ask(self, job, *, ranks=RANKS, fresh=False, timeout=TIMEOUT, **words):
        """Run a function of a test file on the first so many ranks.

        Args:
            job: Called with ``Ranks`` of these and the words.
            ranks: 2 or 4.
            fresh: Whether in processes of their own, which may die of it.
            timeout: Seconds that ``Ranks`` waits, where ``fresh``.
            words: Plain values.

        Returns:
            For every rank the class of the error, or "", and its text or what the job returned.
        """
        request = {
            "job": [job.__module__, job.__name__], "ranks": ranks, "fresh": fresh, "timeout": timeout, "words": words
        }  # fmt: skip
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, f"the processes ended with status {self._process.wait()}"
        return [tuple(said) for said in json.loads(answer)]

    def run(self, job, *, ranks=RANKS, **words):
        """Run a function that must succeed everywhere; what it returned on each rank."""
        answers = self.ask(job, ranks=ranks, **words)
        failed = [f"rank {rank}: {text}" for rank, (error, text) in enumerate(answers) if error]
        assert not failed, "\n".join(failed)
        return [result for _, result in answers]

    def close(self) -> None:
        self._process.communicate(timeout=60)


class _Copies:
    """Copies of this process, one per rank, that wait for jobs."""

    def __init__(self, ranks: int, timeout: float) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._pipes, self._processes = [], []
        for rank in range(ranks):
            (jobs_in, jobs_out), (answers_in, answers_out) = os.pipe(), os.pipe()
            process = os.fork()
            if process == 0:
                status = 1
                with contextlib.suppress(BaseException):
                    os.close(jobs_out)
                    _serve(rank, ranks, timeout, f"{self._folder.name}/store", os.fdopen(jobs_in), answers_out)
                    status = 0
                os._exit(status)
            os.close(jobs_in)
            os.close(answers_out)
            self._pipes.append((jobs_out, os.fdopen(answers_in)))
            self._processes.append(process)

    def ask(self, request: dict, ranks: int) -> list:
        deadline = time.monotonic() + PATIENCE
        for jobs, _ in self._pipes[:ranks]:
            with contextlib.suppress(BrokenPipeError):
                os.write(jobs, (json.dumps(request) + "\n").encode())
        said = []
        for _, answers in self._pipes[:ranks]:
            there, _, _ = select.select([answers], [], [], max(0.0, deadline - time.monotonic()))
            line = answers.readline() if there else ""
            said.append(json.loads(line) if line else ["Gone", "no answer" if not there else "the process has ended"])
        return said

    def close(self) -> None:
        for (jobs, answers), process in zip(self._pipes, self._processes, strict=True):
            os.close(jobs)
            answers.close()
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        self._folder.cleanup()


def _serve(rank, ranks, timeout, store, jobs, answers) -> None:
    """A rank's life."""
    from torch import distributed as dist

    from kernels.distributed.ranks import Ranks

    # Longer than ``Ranks`` waits, which must not lean on it.
    patience = timedelta(seconds=TIMEOUT)
    dist.init_process_group("gloo", store=dist.FileStore(store, ranks), rank=rank, world_size=ranks, timeout=patience)
    sizes = sorted({2, ranks} if ranks > 2 else {ranks})
    groups = {size: dist.new_group(list(range(size)), timeout=patience) for size in sizes}
    known = {size: Ranks(group, timeout=timeout) for size, group in groups.items() if rank < size}
    for line in jobs:
        request = json.loads(line)
        module, name = request["job"]
        try:
            mine = known[request["ranks"]]
            mine.traffic.reset()
            answer = ["", getattr(importlib.import_module(module), name)(mine, **request["words"])]
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
            where = "".join(traceback.format_exception(error)) if isinstance(error, AssertionError) else str(error)
            answer = [type(error).__name__, where]
        os.write(answers, (json.dumps(answer) + "\n").encode())


def main() -> None:
    """Pass jobs on until there are no more."""
    # Loaded once, for all copies.
    for name in ("kernels.distributed.op", "tests.kernels.attention.doctrine"):
        importlib.import_module(name)

    # Jobs may print; answers go where the parent listens.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    kept = None
    for line in sys.stdin:
        request = json.loads(line)
        if request["fresh"]:
            copies = _Copies(request["ranks"], request["timeout"])
        else:
            copies = kept = kept or _Copies(RANKS, request["timeout"])
        said = copies.ask(request, request["ranks"])
        if request["fresh"]:
            copies.close()
        elif any(error in ("Gone", "PeerLost") for error, _ in said):
            # Whatever they still wait for, the next job gets others.
            copies.close()
            kept = None
        answers.write(json.dumps(said) + "\n")
        answers.flush()
    if kept:
        kept.close()


if __name__ == "__main__":
    main()
