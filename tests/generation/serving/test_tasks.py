"""The Celery door: settings from the environment, one pipeline per process, messages as tasks."""

import pytest
from kombu.exceptions import OperationalError

from generation.contract.messages import WorkerAlive
from generation.errors import WeightsError
from generation.serving import tasks
from tests.support.serving import SPEC, Bench, first_request

ALIVE = WorkerAlive(worker="w", role="generation", queue="q", preset="tiny", device="cpu", holds="", rss_bytes=1)


@pytest.fixture(autouse=True)
def process(monkeypatch, tmp_path):
    """A process of its own: nothing is cached from another test."""
    cached = (tasks.settings, tasks.shutdown, tasks.store, tasks.pipeline, tasks.advancer, tasks.decoder, tasks.life)
    for one in cached:
        one.cache_clear()
    monkeypatch.setenv("SCENELOOM_DATA", str(tmp_path))
    monkeypatch.setenv("SCENELOOM_PRESET", "tiny")
    monkeypatch.setenv("SCENELOOM_WORKER", "w7")
    sent = []
    monkeypatch.setattr(tasks.app, "send_task", lambda name, **options: sent.append((name, options)))
    yield sent
    for one in cached:
        one.cache_clear()


@pytest.fixture
def bench(tmp_path, monkeypatch):
    made = Bench(tmp_path)
    monkeypatch.setattr(tasks, "load_preset", lambda *_a, **_k: made.pipeline)
    return made


def test_a_task_is_a_stage_and_its_answer_a_task(process, bench):
    tasks.advance_take(first_request("t", SPEC).to_json())

    names = {name for name, _ in process}
    kinds = [options["args"][0]["kind"] for _, options in process]
    assert names == {"projects.record_event"}
    assert {options["queue"] for _, options in process} == {"control"}
    assert kinds[-1] == "StageAdvanced"
    assert tasks.advancer().holds == "t"


def test_a_worker_is_named_and_kept_by_its_environment(bench):
    assert tasks.settings().name == "w7"
    assert tasks.store() is tasks.store()
    assert tasks.decoder().worker == "w7"


def test_a_broker_that_is_away_does_not_end_a_stage(monkeypatch):
    def away(*_arguments, **_options):
        raise OperationalError("away")

    monkeypatch.setattr(tasks.app, "send_task", away)

    tasks.QueueOutlet().send(ALIVE)


def test_a_model_that_cannot_be_loaded_makes_the_worker_red(process, monkeypatch):
    def missing(*_arguments, **_options):
        raise WeightsError("the weights are missing")

    monkeypatch.setattr(tasks, "load_preset", missing)
    tasks.begin()
    tasks.end()

    last = process[-1][1]["args"][0]
    assert last["last_error"] == "weights_invalid: the weights are missing"
    assert last["stopping"]


def test_a_worker_that_is_asked_to_stop_gives_its_stage_back(process, bench):
    tasks.stop_soon()
    tasks.advance_take(first_request("t", SPEC).to_json())

    assert process[-1][1]["args"][0]["reason"] == "stopping"


def test_nobody_hears_of_a_worker_that_still_loads_its_model(process, bench, monkeypatch):
    heard_while_loading = []

    def load(*_arguments, **_options):
        heard_while_loading.extend(process)
        return bench.pipeline

    monkeypatch.setattr(tasks, "load_preset", load)
    tasks.begin()
    tasks.end()

    assert heard_while_loading == []
    assert [options["args"][0]["stopping"] for _, options in process] == [False, True]
