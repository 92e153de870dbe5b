"""Workers die, are stopped and come back: a take goes on from its last second, with the same bytes, once."""

import random
import signal
import time

import pytest

from tests.faults.conftest import SEED, Undisturbed
from tests.support.fault_studio import LEASE_SECONDS, FaultStudio
from tests.support.faulty_program import Fault

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("faults")]

KILLS, ALL_KILLS = 5, 25
SETTLED_SECONDS = 0.4


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "moment" in metafunc.fixturenames:
        chance = random.Random(6)
        kills = ALL_KILLS if metafunc.config.getoption("--full-faults") else KILLS
        # One in each equal part of the take's life, so that few kills reach early and late stages too.
        metafunc.parametrize("moment", [round((number + chance.random()) / kills, 3) for number in range(kills)])


def begun(studio: FaultStudio, shot: str, **order: object) -> str:
    """A take that has its first lease."""
    (take,) = studio.order(shot, **{"count": 1, "seed": SEED, **order})
    studio.until(lambda: studio.status(take) == "running", "the take runs")
    return take


def test_a_worker_killed_at_any_moment_costs_time_and_nothing_else(
    studio: FaultStudio, shot: str, undisturbed: Undisturbed, moment: float
):
    take = begun(studio, shot)
    time.sleep(moment * undisturbed.seconds)
    worker = studio.take_row(take, "worker")
    studio.restart(worker)
    time.sleep(SETTLED_SECONDS)
    committed = studio.chunks(take)

    (ended,) = studio.until_ended(take)

    assert ended["status"] == "succeeded"
    assert undisturbed.is_same(studio, take)
    made = {index: latents for index, latents, _ in studio.chunks(take)}
    for index, latents, _ in committed:
        assert made[index] == latents
        found = list((studio.data / "artifacts/takes" / take).glob(f"*/chunk_{index:03d}.safetensors"))
        assert len(found) == 1, "a committed second is never made again"


def test_a_decoder_killed_at_work_costs_time_and_nothing_else(
    studio: FaultStudio, shot: str, undisturbed: Undisturbed, tmp_path
):
    studio.restart(
        "decode-1",
        Fault(at="generation.serving.decode:ChunkDecoder._run", when="args[1].index == 2", once=str(tmp_path / "died")),
    )
    take = begun(studio, shot)
    studio.until(lambda: not studio.is_running("decode-1"), "the decoder dies")
    seen = [row for row in studio.chunks(take) if row[2]]
    studio.start("decode-1")

    (ended,) = studio.until_ended(take)

    assert ended["status"] == "succeeded"
    assert undisturbed.is_same(studio, take)
    assert studio.chunks(take)[: len(seen)] == seen


def test_a_worker_asked_to_stop_gives_its_stage_back_and_no_death_is_counted(
    studio: FaultStudio, shot: str, undisturbed: Undisturbed
):
    take = begun(studio, shot)
    worker = studio.take_row(take, "worker")
    studio.send(worker, signal.SIGTERM)
    assert studio.processes[worker].wait(10) == 0

    (ended,) = studio.until_ended(take)

    assert (ended["status"], ended["recovered"]) == ("succeeded", False)
    assert studio.take_row(take, "deaths") == 0
    assert undisturbed.is_same(studio, take)


def test_a_worker_that_was_away_longer_than_its_lease_changes_nothing_when_it_wakes(
    studio: FaultStudio, shot: str, undisturbed: Undisturbed
):
    take = begun(studio, shot)
    studio.until(lambda: len(studio.chunks(take)) >= 1, "a second is made")
    worker = studio.take_row(take, "worker")
    studio.send(worker, signal.SIGSTOP)
    token = studio.take_row(take, "token")
    time.sleep(2 * LEASE_SECONDS)

    (ended,) = studio.until_ended(take)
    before = (studio.chunks(take), studio.take_row(take, "version"), told(studio, take))
    studio.send(worker, signal.SIGCONT)
    studio.until(lambda: worker in studio.alive(), "the sleeper is heard of again")
    time.sleep(SETTLED_SECONDS)

    assert ended["status"] == "succeeded"
    assert studio.take_row(take, "token") > token
    assert (studio.chunks(take), studio.take_row(take, "version"), told(studio, take)) == before
    assert undisturbed.is_same(studio, take)
    seconds = [data for kind, data in before[2] if kind == "take.chunk"]
    assert len(seconds) == len(set(seconds)) == 6


def told(studio: FaultStudio, take: str) -> list[tuple[str, str]]:
    """Everything that was said of a take, in order."""
    return studio.rows("select type, data from projects_event where entity_id = ? order by seq", take)


def test_a_take_that_kills_every_worker_is_put_aside_and_the_others_go_on(studio: FaultStudio, shot: str):
    poison = Fault(at="generation.serving.advance:TakeAdvancer._run", when="args[1].spec.seed == 666")
    workers = ("generation-1", "generation-2")
    for worker in workers:
        studio.restart(worker, poison)
    studio.until(lambda: set(workers) <= studio.alive(), "the workers are back")
    (bad,) = studio.order(shot, count=1, seed=666)
    good = studio.order(shot, count=2, seed=7)

    def ended() -> bool:
        for worker in workers:
            if not studio.is_running(worker):
                studio.start(worker, poison)
        return all(studio.status(take) in ("succeeded", "failed") for take in (bad, *good))

    studio.until(ended, "poison is put aside, and the others are done")

    assert [studio.status(take) for take in good] == ["succeeded", "succeeded"]
    assert studio.take(bad)["error"]["code"] == "quarantined"
    assert "3 workers died on stage 0" in studio.take_row(bad, "error_detail")


def test_latents_that_are_no_numbers_fail_with_a_reason_and_no_second_is_shown(studio: FaultStudio, shot: str):
    broken = Fault(at="generation.sampling.velocity:VelocityPasses.velocity", how="nan")
    for worker in ("generation-1", "generation-2"):
        studio.restart(worker, broken)
    (take,) = studio.order(shot, count=1, seed=8)

    (ended,) = studio.until_ended(take)

    assert (ended["status"], ended["error"]["code"]) == ("failed", "numerics_failed")
    assert studio.chunks(take) == []
