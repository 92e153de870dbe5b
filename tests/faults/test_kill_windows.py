"""Processes die at the worst moment: bytes stored and not yet counted, counted and not yet told, told and not heard."""

import signal
import time
import uuid

import httpx
import pytest

from tests.faults.conftest import SEED, Undisturbed
from tests.support.fault_studio import FaultStudio
from tests.support.faulty_program import Fault

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("faults")]


def dies_and_comes_back(studio: FaultStudio, name: str) -> None:
    """Wait for a process to die of its fault, and start it without."""
    studio.until(lambda: not studio.is_running(name), f"{name} dies")
    assert studio.processes[name].returncode == -signal.SIGKILL
    studio.start(name)


def unsent(studio: FaultStudio) -> int:
    return int(studio.rows("select count(*) from projects_event where published_at is null")[0][0])


def kinds(studio: FaultStudio, take: str) -> list[str]:
    rows = studio.rows("select type from projects_event where entity_id = ? order by seq", take)
    return [kind for (kind,) in rows]


@pytest.mark.parametrize(
    "fault",
    [
        # The fragment lies in the store, nobody was told of it.
        pytest.param(
            ("control", "projects.tasks:commit", "type(args[0]).__name__ == 'ChunkDecoded'"), id="fragment-stored"
        ),
        # The latents and the state lie there, the stage is not counted.
        pytest.param(
            (
                "control",
                "projects.tasks:commit",
                "type(args[0]).__name__ == 'StageAdvanced' and args[0].chunk_index == 1",
            ),
            id="latents-stored",
        ),
        # The second is counted and its event written, not sent.
        pytest.param(("control", "projects.events:publish", "args[0][0].type == 'take.chunk'"), id="chunk-committed"),
        # The movie lies there, the take has not ended.
        pytest.param(("media", "projects.actions.take_files:end_succeeded", "True"), id="movie-stored"),
        # The take has ended, and nobody was told.
        pytest.param(("media", "projects.events:publish", "args[0][0].type == 'take.finished'"), id="take-ended"),
    ],
)
def test_a_worker_of_ours_that_dies_in_between_loses_and_doubles_nothing(
    studio: FaultStudio, shot: str, undisturbed: Undisturbed, tmp_path, fault: tuple[str, str, str]
):
    worker, at, when = fault
    studio.restart(worker, Fault(at=at, when=when, once=str(tmp_path / "died")))
    (take,) = studio.order(shot, count=1, seed=SEED)
    dies_and_comes_back(studio, worker)

    (ended,) = studio.until_ended(take)
    studio.until(lambda: unsent(studio) == 0, "every event is sent")

    assert ended["status"] == "succeeded"
    assert undisturbed.is_same(studio, take)
    told = kinds(studio, take)
    assert told.count("take.chunk") == 6
    assert told.count("take.finished") == 1
    assets = studio.rows("select count(*) from projects_asset where search_text like '%slow zoom in%'")
    takes = studio.rows("select count(*) from projects_take where status = 'succeeded'")
    assert assets == takes, "each take has one file, and no file is without its take"


def test_a_web_process_that_dies_after_the_commit_has_not_lost_the_order(
    studio: FaultStudio, shot: str, undisturbed: Undisturbed, tmp_path
):
    fault = Fault(at="projects.events:publish", when="args[0][0].type == 'take.queued'", once=str(tmp_path / "died"))
    studio.restart("web", fault)
    studio.until(studio.answers, "the web answers")
    key = {"Idempotency-Key": "asked-while-dying"}
    with pytest.raises(httpx.TransportError):
        studio.call("POST", f"/shots/{shot}/takes", {"count": 1, "seed": SEED}, **key)
    ((found,),) = studio.rows("select id from projects_take order by created_at desc limit 1")
    take = str(uuid.UUID(found))

    # The outbox is emptied by the dispatcher, whether the web is back or not.
    studio.until(lambda: unsent(studio) == 0, "the events are sent", seconds=10)
    studio.start("web")
    studio.until(studio.answers, "the web answers again")

    studio.until(lambda: studio.status(take) == "succeeded", "the take ends")
    assert undisturbed.is_same(studio, take)
    again = studio.http.post(f"/shots/{shot}/takes", json={"count": 1, "seed": SEED}, headers=key)
    assert again.status_code == 202
    assert again.headers["idempotent-replay"] == "true"
    assert [told["id"] for told in again.json()["takes"]] == [take], "it is told of, and not done twice"


def test_a_dispatcher_that_dies_leaves_nothing_undone(studio: FaultStudio, shot: str, undisturbed: Undisturbed):
    (take,) = studio.order(shot, count=1, seed=SEED)
    for _ in range(3):
        studio.restart("dispatcher")
        time.sleep(1.5)

    (ended,) = studio.until_ended(take)

    assert ended["status"] == "succeeded"
    assert undisturbed.is_same(studio, take)


def test_two_dispatchers_at_once_give_a_worker_one_take_and_a_take_one_worker(studio: FaultStudio, project: str):
    # Each looks away between choosing and leasing, so that both choose the same.
    dawdling = Fault(at="projects.actions.schedule:pick", how="dawdle")
    studio.restart("dispatcher", dawdling)
    studio.start("dispatcher-2", dawdling)
    takes = studio.order(studio.shot(project, duration_s=2), count=6, seed=SEED)
    leased = "from projects_take where lease_until is not null"

    def is_over() -> bool:
        doubled = studio.rows(f"select worker, count(*) {leased} group by worker having count(*) > 1")
        assert doubled == [], "a worker has one take"
        return all(studio.status(take) == "succeeded" for take in takes)

    studio.until(is_over, "every take is done")
    studio.forget("dispatcher-2")

    for take in takes:
        # One lease for each stage, and none of them lost.
        assert studio.take_row(take, "token") == studio.take_row(take, "num_stages")
        assert studio.take(take)["recovered"] is False
