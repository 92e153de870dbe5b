"""The take machine under everything at once, in any order: what is promised holds after every single step."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from generation.contract.messages import AdvanceRequest, DecodeRequest, Message
from projects.actions.clock import database_now
from projects.actions.commits import commit
from projects.actions.sweep import sweep
from projects.actions.take_files import finish_take
from projects.actions.take_orders import TakeOrder, request_takes
from projects.actions.take_wishes import cancel, regenerate, retry, set_paused, set_queue_paused
from projects.artifact_store import artifacts
from projects.dispatcher import Dispatcher
from projects.errors import ProjectError
from projects.models import Chunk, Node, Take, User
from tests.support.invariants import FINAL, check
from tests.support.studio import Studio, person, project_of, shot_in

WORKERS = ("w1", "w2")
ANY = st.integers(0, 10_000)
# More than one story needs.
MOST_TAKES = 6


class HeldStudio(Studio):
    """A studio whose answers wait in a list, so that they can be lost, doubled and overtaken."""

    def __init__(self, folder: Path, monkeypatch) -> None:
        self.answers: list[Message] = []
        super().__init__(folder, monkeypatch, workers=WORKERS)

    def send(self, message: Message) -> None:
        self.answers.append(Message.from_json(message.to_json()))

    def work(self, task: str, queue: str, payload: dict[str, Any]) -> None:
        """Let whoever is asked do a task; what it says waits."""
        if task == "generation.advance_take":
            self.workers[queue.removeprefix("generation.")].advance(AdvanceRequest.from_json(payload))
        elif task == "generation.decode_chunk":
            self.bench.decoder().decode(DecodeRequest.from_json(payload))
        elif task == "projects.finish_take":
            finish_take(payload["take_id"])


@dataclass
class Seen:
    """What was true before, and may not become untrue."""

    stage: int = 0
    token: int = 0
    version: int = 0
    status: str = ""
    chunks: dict[int, str] = field(default_factory=dict)


class TakeMachine(RuleBasedStateMachine):
    """People, two dispatchers, two workers, a decoder, and a broker that loses and doubles what it likes."""

    def __init__(self, make: Callable[[], HeldStudio]) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.studio = make()
        self.dispatchers = [Dispatcher(), Dispatcher()]
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.said: list[Message] = []
        self.seen: dict[Any, Seen] = {}

    @initialize()
    def begin(self) -> None:
        self.people = [person("ada"), person("bo")]
        self.projects = [project_of(one, one.username) for one in self.people]
        self.shots = [shot_in(project, duration_s=2) for project in self.projects]

    # What people do.

    @precondition(lambda self: Take.objects.count() < MOST_TAKES)
    @rule(who=st.integers(0, 1), seconds=st.integers(1, 3), count=st.integers(1, 2))
    def submit(self, who: int, seconds: int, count: int) -> None:
        with suppress(ProjectError):
            request_takes(self.people[who], self.shots[who].pk, TakeOrder(count=count, duration_s=seconds, seed=1))

    @precondition(lambda self: 0 < Take.objects.count() < MOST_TAKES)
    @rule(number=ANY, frames=st.sampled_from([None, 24, 30, 44]))
    def continue_from(self, number: int, frames: int | None) -> None:
        parent = self.any_take(number)
        order = TakeOrder(count=1, duration_s=1, seed=1, from_take_id=parent.pk, from_frames=frames)
        with suppress(ProjectError):
            request_takes(parent.requested_by, parent.shot_id, order)

    @precondition(lambda self: Take.objects.exists())
    @rule(number=ANY, keep=st.booleans())
    def stop(self, number: int, keep: bool) -> None:
        take = self.any_take(number)
        cancel(take.requested_by, take.pk, keep_ready=keep)

    @precondition(lambda self: Take.objects.exists())
    @rule(number=ANY, paused=st.booleans())
    def hold(self, number: int, paused: bool) -> None:
        take = self.any_take(number)
        with suppress(ProjectError):
            set_paused(take.requested_by, take.pk, paused=paused)

    @rule(who=st.integers(0, 1), paused=st.booleans())
    def hold_the_line(self, who: int, paused: bool) -> None:
        set_queue_paused(self.people[who], paused=paused)

    @precondition(lambda self: 0 < Take.objects.count() < MOST_TAKES)
    @rule(number=ANY, second=st.integers(1, 3), prompt=st.sampled_from([None, "tilt up"]))
    def make_again(self, number: int, second: int, prompt: str | None) -> None:
        take = self.any_take(number)
        with suppress(ProjectError):
            regenerate(take.requested_by, take.pk, from_second=second, seed=2, prompt=prompt)

    @precondition(lambda self: 0 < Take.objects.count() < MOST_TAKES)
    @rule(number=ANY)
    def try_again(self, number: int) -> None:
        take = self.any_take(number)
        with suppress(ProjectError):
            retry(take.requested_by, take.pk)

    @rule(who=st.integers(0, 1), gone=st.booleans())
    def throw_away_or_bring_back_a_shot(self, who: int, gone: bool) -> None:
        Node.objects.filter(pk=self.shots[who].pk).update(deleted_at=database_now() if gone else None)

    # What machines do.

    @rule(which=st.integers(0, 1))
    def dispatch(self, which: int) -> None:
        self.dispatchers[which].round()

    @precondition(lambda self: self.studio.queue)
    @rule(number=ANY)
    def work(self, number: int) -> None:
        queue = self.studio.queue
        task = queue[number % len(queue)]
        queue.remove(task)
        self.asked.append(task)
        name, target, payload = task
        self.studio.work(name, target, payload)

    @precondition(lambda self: self.studio.answers)
    @rule(number=ANY)
    def hear(self, number: int) -> None:
        answer = self.studio.answers.pop(number % len(self.studio.answers))
        self.said.append(answer)
        commit(answer)

    @rule()
    def get_on(self) -> None:
        """Everything in order for once, so that stories have an end."""
        self.dispatchers[0].round()
        while self.studio.queue:
            task = self.studio.queue.popleft()
            self.asked.append(task)
            self.studio.work(*(task[0], task[1], task[2]))
        while self.studio.answers:
            answer = self.studio.answers.pop(0)
            self.said.append(answer)
            commit(answer)

    # What goes wrong.

    @precondition(lambda self: self.asked)
    @rule(number=ANY)
    def ask_twice(self, number: int) -> None:
        self.studio.queue.append(self.asked[number % len(self.asked)])

    @precondition(lambda self: self.said)
    @rule(number=ANY)
    def say_twice(self, number: int) -> None:
        commit(self.said[number % len(self.said)])

    @precondition(lambda self: self.studio.queue)
    @rule(number=ANY)
    def lose_a_request(self, number: int) -> None:
        del self.studio.queue[number % len(self.studio.queue)]

    @precondition(lambda self: self.studio.answers)
    @rule(number=ANY)
    def lose_an_answer(self, number: int) -> None:
        del self.studio.answers[number % len(self.studio.answers)]

    @rule(there=st.booleans())
    def broker(self, there: bool) -> None:
        self.studio.broker = there

    @rule(worker=st.sampled_from(WORKERS))
    def die(self, worker: str) -> None:
        """What it held in memory is gone, and what it was asked."""
        self.studio.workers[worker] = self.studio.bench.advancer(worker)
        self.studio.queue = type(self.studio.queue)(
            task for task in self.studio.queue if task[1] != f"generation.{worker}"
        )

    @rule()
    def leases_run_out(self) -> None:
        past = database_now() - timedelta(seconds=1)
        Take.objects.filter(lease_until__isnull=False).update(lease_until=past)
        Chunk.objects.filter(decode_lease_until__isnull=False).update(decode_lease_until=past)
        sweep()

    @rule(worker=st.sampled_from(WORKERS), stopping=st.booleans())
    def say_goodbye_or_hello(self, worker: str, stopping: bool) -> None:
        self.studio.alive(worker, stopping=stopping)

    # What holds after each step.

    @invariant()
    def nothing_is_broken(self) -> None:
        check()

    @invariant()
    def a_worker_has_one_take(self) -> None:
        leased = list(Take.objects.filter(lease_until__isnull=False).values_list("worker", flat=True))
        assert len(leased) == len(set(leased))

    @invariant()
    def nothing_goes_backwards(self) -> None:
        for take in Take.objects.all():
            before = self.seen.setdefault(take.pk, Seen())
            assert take.token >= before.token
            assert take.version >= before.version
            assert take.stage >= before.stage or take.truncated
            if before.status in FINAL:
                assert take.status == before.status, "what has ended stays so"
            chunks = dict(Chunk.objects.filter(take=take).values_list("index", "latents_key"))
            if not take.truncated:
                assert before.chunks.items() <= chunks.items(), "a second that was made is never made again"
            self.seen[take.pk] = Seen(
                stage=take.stage, token=take.token, version=take.version, status=take.status, chunks=chunks
            )

    def any_take(self, number: int) -> Take:
        takes = list(Take.objects.order_by("created_at"))
        return takes[number % len(takes)]

    def teardown(self) -> None:
        """Whatever happened, it comes to an end once everybody works again."""
        try:
            self.come_to_rest()
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    def come_to_rest(self) -> None:
        if not hasattr(self, "people"):
            return
        self.studio.broker = True
        User.objects.update(queue_paused=False)
        Take.objects.update(paused=False)
        for _ in range(60):
            if not Take.objects.exclude(status__in=FINAL).exists():
                break
            # On a slow machine a round takes long enough for them to be missed.
            for worker in WORKERS:
                self.studio.alive(worker)
            self.get_on()
            if not self.studio.queue:
                self.dispatchers = [Dispatcher(), Dispatcher()]
                self.leases_run_out()
        check(at_rest=True)


def test_whatever_happens_in_whatever_order_the_promises_hold(db, settings_of_store, tmp_path, monkeypatch):
    run_state_machine_as_test(
        lambda: TakeMachine(lambda: HeldStudio(tmp_path, monkeypatch)),
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=STEPS, derandomize=True, deadline=None, database=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink],
        ),
    )  # fmt: skip


EXAMPLES, STEPS = 24, 40


@pytest.fixture
def settings_of_store(settings, tmp_path):
    """Artifacts of this test alone."""
    settings.DATA_FOLDER = tmp_path
    settings.ARTIFACTS_FOLDER = tmp_path / "artifacts"
    settings.MAX_WAITING_TAKES = 1000
    artifacts.cache_clear()
    yield
    artifacts.cache_clear()
