"""A studio whose every process a test holds in its hand: killed, stopped, started again at will.

The programs are the supervisor's own, with its commands and environment, and nobody who starts them again; leases
last seconds, so that a death costs a test seconds.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from tests.support.faulty_program import Fault, Plan
from webapp.supervisor import launch
from webapp.supervisor.plan import Program, StudioPlan
from webapp.supervisor.ports import free_port
from webapp.supervisor.redis_server import find_server, plan_server, wait_until_up

ROOT = Path(__file__).resolve().parents[2]
# The supervisor's: what it starts ends with us, however we end.
LAUNCHER = str(Path(launch.__file__))
LEASE_SECONDS = 4.0
CONSTANTS = {
    "generation.contract.messages:LEASE_SECONDS": LEASE_SECONDS,
    # Three silent beats and a worker is taken for gone: long enough for a busy machine.
    "generation.contract.messages:HEARTBEAT_SECONDS": 1.0,
    "projects.dispatcher:FINISH_AGAIN_SECONDS": 4.0,
}
# A beat of a process that has died may be read that much later.
BEATS_SECONDS = 2.0
# What is left alone where it does not matter, since importing it costs seconds.
_ONLY_DISPATCHER = "projects."
PATIENCE_SECONDS = 120.0
FINAL = ("succeeded", "failed", "cancelled", "blocked")
TOKEN = "t" * 32


class FaultStudio:
    """Processes by name: redis, web, dispatcher, control, media, files, generation-1, generation-2, decode-1."""

    def __init__(self, data: Path, *, courteous: bool = False, **settings: str) -> None:
        self.data = data
        # Whether rendering gives way to answering, as the supervisor has it. Else all are alike: a worker that is
        # starved on a busy machine would lose its lease of seconds.
        self.courteous = courteous
        base = {
            **os.environ, "SCENELOOM_DATA": str(data), "SCENELOOM_PRESET": "tiny", "OMP_NUM_THREADS": "1",
            "OMP_WAIT_POLICY": "PASSIVE", "SCENELOOM_LEAST_FREE_MB": "0", "SCENELOOM_MAX_WAITING": "1000",
            "SCENELOOM_DAILY_SECONDS": "100000", **settings,
        }  # fmt: skip
        self.redis = plan_server(find_server(os.environ), data)
        self.plan = StudioPlan(
            root=ROOT, data=data, host="127.0.0.1", port=free_port("127.0.0.1", 0), redis_url=self.redis.url,
            secret_key="only-for-tests-of-faults", base=base,
        )  # fmt: skip
        self.programs = {"redis": Program(name="redis", command=self.redis.command, environment=base)}
        for program in self.plan.programs():
            name = f"{program.name}-1" if program.name in ("generation", "decode") else program.name
            self.programs[name] = program
        self.programs["generation-2"] = _second(self.programs["generation-1"])
        self.programs["control-2"] = _renamed(self.programs["control"], "control@", "control-2@")
        self.programs["dispatcher-2"] = self.programs["dispatcher"]
        # A broker that keeps nothing over its death.
        self.programs["redis-forgetful"] = _renamed(self.programs["redis"], "yes", "no")
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.faulty: set[str] = set()
        # From when on a beat must be of the present process, as the database writes times.
        self.started: dict[str, str] = {}
        self.log = data / "output.txt"
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{self.plan.port}/api/v1", timeout=30,
            cookies={"csrftoken": TOKEN}, headers={"X-CSRFToken": TOKEN},
        )  # fmt: skip

    @property
    def socket_address(self) -> str:
        return f"ws://127.0.0.1:{self.plan.port}/ws/v1"

    @property
    def database(self) -> Path:
        return self.data / "sceneloom.sqlite3"

    # Processes.

    def start(self, name: str, fault: Fault | None = None, *, forgetful: bool = False) -> None:
        """Start a program that does not run, perhaps with a fault; Redis, perhaps without its memory."""
        program = self.programs["redis-forgetful" if forgetful else name]
        command = program.command
        if name in self.processes:
            self.processes[name].wait(10)
        if name != "redis":
            constants = {
                place: value
                for place, value in CONSTANTS.items()
                if name.startswith("dispatcher") or not place.startswith(_ONLY_DISPATCHER)
            }
            words = command[2:] if command[1] == "-m" else command[1:]
            plan = Plan(constants=constants, fault=fault).to_text()
            command = (sys.executable, "-m", "tests.support.faulty_program", plan, *words)
        niceness = str(program.niceness if self.courteous else 0)
        launched = (sys.executable, "-I", "-S", LAUNCHER, str(os.getpid()), niceness, *command)
        with self.log.open("ab") as output:
            self.processes[name] = subprocess.Popen(
                launched, cwd=ROOT, env=dict(program.environment), stdin=subprocess.DEVNULL, stdout=output,
                stderr=output, process_group=0,
            )  # fmt: skip
        self.started[name] = f"{datetime.now(UTC) + timedelta(seconds=BEATS_SECONDS):%Y-%m-%d %H:%M:%S.%f}"
        self.faulty = self.faulty | {name} if fault else self.faulty - {name}
        if name == "redis":
            wait_until_up(self.redis.url, self.processes[name])

    def restart(self, name: str, fault: Fault | None = None) -> None:
        """End a program, and start it anew."""
        self.kill(name)
        self.start(name, fault)

    def start_all(self, *, generation: int = 2) -> None:
        """Everything, until it answers and every worker was heard of."""
        self.start("redis")
        done = subprocess.run(
            (sys.executable, "manage.py", "migrate", "--verbosity", "0"), cwd=ROOT, env=self.plan.environment(),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        workers = ["decode-1", *(f"generation-{number + 1}" for number in range(generation))]
        for name in ("web", "dispatcher", "control", "media", "files", *workers):
            self.start(name)
        self.until(self.answers, "the studio answers")
        self.until(lambda: set(workers) <= self.alive(), "every worker is heard of")

    def send(self, name: str, number: signal.Signals) -> None:
        """Signal a process."""
        self.processes[name].send_signal(number)

    def kill(self, name: str) -> None:
        """End a process without a word."""
        self.send(name, signal.SIGKILL)
        self.processes[name].wait(10)

    def forget(self, name: str) -> None:
        """End a program that the studio does without otherwise."""
        self.kill(name)
        del self.processes[name]

    def is_running(self, name: str) -> bool:
        return name in self.processes and self.processes[name].poll() is None

    def heal(self) -> None:
        """Everything that does not run, or runs with a fault, as it should be."""
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
        for name in self.faulty & {name for name in self.processes if self.is_running(name)}:
            self.kill(name)
        workers = {name for name in self.processes if name.startswith(("generation", "decode"))}
        self.until(lambda: self.tend() and self.answers() and workers <= self.alive() & self.heard(), "all are back")

    def tend(self) -> bool:
        """Start again what has ended, as the supervisor does; whether nothing had."""
        ended = [name for name in self.processes if not self.is_running(name)]
        for name in ended:
            self.start(name)
        return not ended

    def stop(self) -> None:
        """End everything, and leave nothing behind."""
        self.http.close()
        for name in sorted(self.processes, key=lambda name: name == "redis"):
            process = self.processes[name]
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(8)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.redis.folder, ignore_errors=True)

    def answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.plan.port}/readyz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def alive(self) -> set[str]:
        """Workers that the product believes in."""
        facts = httpx.get(f"http://127.0.0.1:{self.plan.port}/readyz", timeout=5).json()
        return {it["name"] for it in facts["workers"] if it["alive"]}

    def heard(self) -> set[str]:
        """Workers whose present process was heard, not the one before it."""
        rows = self.rows("SELECT name, heard_at FROM projects_worker")
        return {name for name, at in rows if at > self.started.get(name, "")}

    # What people do.

    def call(self, method: str, path: str, body: object = None, *, status: int | None = None, **headers: str) -> Any:
        """A request and its JSON; any 2xx unless told which."""
        answer = self.http.request(method, path, json=body, headers=headers)
        wanted = answer.is_success if status is None else answer.status_code == status
        assert wanted, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None

    def project(self, title: str = "Faults") -> str:
        return str(self.call("POST", "/projects", {"title": title})["id"])

    def shot(self, project: str, **values: object) -> str:
        """A shot card; the values are those of a node."""
        node = {"id": str(uuid.uuid4()), "kind": "shot", "prompt": "slow zoom in", **values}
        self.operate(project, {"type": "node.create", "node": node})
        return str(node["id"])

    def operate(self, project: str, *operations: dict[str, object]) -> Any:
        """Edit a canvas."""
        numbered = [{"id": str(uuid.uuid4()), **operation} for operation in operations]
        return self.call("POST", f"/projects/{project}/ops", {"ops": numbered, "client_id": "faults"})

    def order(self, shot: str, **order: object) -> list[str]:
        """Ask for takes; their ids."""
        return [take["id"] for take in self.call("POST", f"/shots/{shot}/takes", order)["takes"]]

    def take(self, take: str) -> Any:
        return self.call("GET", f"/takes/{take}")

    def until_ended(self, *takes: str, seconds: float = PATIENCE_SECONDS) -> list[Any]:
        """Wait until takes have ended; as they are then."""
        self.until(lambda: all(self.status(take) in FINAL for take in takes), f"takes end: {takes}", seconds=seconds)
        return [self.take(take) for take in takes]

    def until(self, fact: Callable[[], bool], words: str, *, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait for something to be so."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if fact():
                return
            time.sleep(0.03)
        tail = self.log.read_text(errors="replace")[-6000:]
        running = [name for name in self.processes if self.is_running(name)]
        raise TimeoutError(f"waited {seconds:.0f} s in vain until {words}; {running} run\n{tail}")

    # What is in the database, without asking the product.

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=20)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def status(self, take: str) -> str:
        return str(self.take_row(take, "status"))

    def is_quiet(self) -> bool:
        """Whether every take has ended."""
        return not self.rows("select 1 from projects_take where status in ('queued', 'running')")

    def take_row(self, take: str, column: str) -> Any:
        return self.rows(f"select {column} from projects_take where id = ?", uuid.UUID(take).hex)[0][0]

    def chunks(self, take: str) -> list[tuple[int, str, str]]:
        """Index, latents and fragment key of every committed second."""
        return self.rows(
            'select "index", latents_key, fragment_key from projects_chunk where take_id = ? order by "index"',
            uuid.UUID(take).hex,
        )

    def artifact(self, key: str) -> bytes:
        return (self.data / "artifacts" / key).read_bytes()

    def fragments(self, take: str) -> list[bytes]:
        """The seconds as they can be watched."""
        return [self.artifact(key) for _, _, key in self.chunks(take)]

    def movie(self, take: str) -> bytes:
        """The take's file as it is stored."""
        ((key,),) = self.rows(
            "select b.key from projects_take t join projects_asset a on a.id = t.asset_id "
            "join projects_blob b on b.sha256 = a.blob_id where t.id = ?",
            uuid.UUID(take).hex,
        )
        return self.artifact(key)

    def check(self, *, at_rest: bool = True) -> None:
        """The six invariants, read by another process."""
        words = (sys.executable, "-m", "tests.support.check_invariants", *(["--at-rest"] if at_rest else []))
        done = subprocess.run(
            words, cwd=ROOT, env=self.plan.environment(), capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr


def _second(first: Program) -> Program:
    """Another generation worker beside the supervisor's one."""
    renamed = _renamed(first, "generation-1", "generation-2")
    return replace(renamed, environment={**first.environment, "SCENELOOM_WORKER": "generation-2"})


def _renamed(program: Program, word: str, other: str) -> Program:
    return replace(program, command=tuple(each.replace(word, other) for each in program.command))


@contextmanager
def fault_studio(data: Path, *, generation: int = 2, courteous: bool = False, **settings: str) -> Iterator[FaultStudio]:
    """A studio while the block runs."""
    studio = FaultStudio(data, courteous=courteous, **settings)
    try:
        studio.start_all(generation=generation)
        yield studio
    finally:
        studio.stop()
