"""What people wish while a take is made: stop, keep, edit, extend, delete; at any state, twice, at once."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.faults.conftest import SEED, Undisturbed
from tests.support.fault_studio import FINAL, FaultStudio

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("faults")]

CANCELS, ALL_CANCELS = 8, 40


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "moments" in metafunc.fixturenames:
        chance = random.Random(21)
        count = ALL_CANCELS if metafunc.config.getoption("--full-faults") else CANCELS
        spread = [round((number + chance.random()) / count * 1.3, 3) for number in range(count)]
        metafunc.parametrize("moments", [spread], ids=["over-its-life"])


@pytest.mark.parametrize("keep", [False, True], ids=["give-up", "keep"])
def test_a_take_can_be_stopped_at_any_moment_by_two_at_once(
    studio: FaultStudio, shot: str, undisturbed: Undisturbed, moments: list[float], keep: bool
):
    for moment in moments:
        (take,) = studio.order(shot, count=1, seed=SEED)
        time.sleep(moment * undisturbed.seconds)

        def stop(_who: int, take: str = take) -> int:
            return studio.http.post(f"/takes/{take}/cancel", json={"keep_ready": keep}).status_code

        with ThreadPoolExecutor(2) as people:
            assert list(people.map(stop, range(2))) == [200, 200]
        (ended,) = studio.until_ended(take)
        assert stop(0) == 200
        assert studio.take(take)["version"] == ended["version"], "what has ended is not stopped again"

        chunks = studio.fragments(take) if ended["status"] == "succeeded" else []
        if ended["status"] == "succeeded":
            # It was done already, or what was ready is kept.
            assert ended["duration_s"] == len(chunks)
            assert len(chunks) == 6 or (keep and ended["truncated"])
        else:
            assert ended["status"] == "cancelled"
            assert ended["error"] is None
        assert chunks == undisturbed.fragments[: len(chunks)]


def test_a_stopped_take_gives_its_worker_back_at_the_next_step(studio: FaultStudio, project: str):
    long_shot = studio.shot(project, duration_s=10)
    takes = studio.order(long_shot, count=2)
    studio.until(lambda: all(studio.chunks(take) for take in takes), "both workers are at it")
    (other,) = studio.order(studio.shot(project, duration_s=1), count=1)
    for take in takes:
        studio.call("POST", f"/takes/{take}/cancel", {"keep_ready": False})

    ended = studio.until_ended(*takes, other)

    assert [it["status"] for it in ended] == ["cancelled", "cancelled", "succeeded"]


def test_what_is_changed_continued_and_thrown_away_while_its_parent_is_made_has_a_defined_end(
    studio: FaultStudio, project: str
):
    parent_shot = studio.shot(project, duration_s=4)
    (parent,) = studio.order(parent_shot, count=1, seed=SEED)
    extended = studio.shot(project, duration_s=1, parent_take_id=parent, parent_frames=36)
    (child,) = studio.order(extended, count=1)
    thrown = studio.shot(project, duration_s=1, parent_take_id=parent)
    (orphan,) = studio.order(thrown, count=1)
    edit = {
        "type": "node.update", "node_id": parent_shot, "before": {"prompt": "slow zoom in"},
        "after": {"prompt": "something else"},
    }  # fmt: skip
    studio.operate(project, edit, {"type": "node.delete", "node_ids": [parent_shot, thrown]})

    ended = {take["id"]: take for take in studio.until_ended(parent, child, orphan)}

    assert [ended[take]["status"] for take in (parent, child, orphan)] == ["succeeded"] * 3
    assert ended[parent]["prompt"] == "slow zoom in", "a take is made of the words it was ordered with"
    refused = studio.http.post(f"/shots/{thrown}/takes", json={})
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert studio.http.get(f"/takes/{orphan}/media").status_code == 200


def test_who_waits_for_a_parent_that_is_stopped_is_told(studio: FaultStudio, project: str):
    (parent,) = studio.order(studio.shot(project, duration_s=10), count=1)
    late = studio.shot(project, duration_s=1, parent_take_id=parent, parent_frames=9 * 24)
    (child,) = studio.order(late, count=1)
    studio.until(lambda: len(studio.chunks(parent)) >= 1, "the parent is begun")
    studio.call("POST", f"/takes/{parent}/pause")
    studio.call("POST", f"/takes/{parent}/cancel", {"keep_ready": True})

    first, second = studio.until_ended(parent, child)

    assert first["status"] == "cancelled" or first["duration_s"] < 9
    assert (second["status"], second["error"]["code"]) == ("failed", "parent_gone")


def test_a_project_thrown_away_while_takes_are_made_leaves_nothing_running(studio: FaultStudio):
    project = studio.project("Thrown away")
    takes = studio.order(studio.shot(project, duration_s=6), count=3)
    studio.until(lambda: studio.status(takes[0]) == "running", "the first is begun")
    studio.call("DELETE", f"/projects/{project}", status=204)

    studio.until(lambda: all(studio.status(take) in FINAL for take in takes), "every take ends")

    answer: httpx.Response = studio.http.get(f"/takes/{takes[0]}")
    assert answer.status_code == 404
