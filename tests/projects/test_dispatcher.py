"""The loop that moves everything outlives whatever happens in it, and is fair however long it runs."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone
from redis.exceptions import ConnectionError as BrokerGone

from projects.actions.clock import database_now
from projects.actions.schedule import LEASE
from projects.dispatcher import Dispatcher
from projects.models import Chunk, Take, Upload
from projects.models.asset import UploadStatus
from tests.support.invariants import check
from tests.support.studio import Studio, ask, person, project_of, shot_in


class Waiter:
    def wait(self, _seconds):
        return None

    def close(self):
        return None


@pytest.mark.parametrize("error", [ValueError("odd"), OperationalError("away"), BrokerGone("away"), KeyError("x")])
def test_no_error_ends_the_loop(monkeypatch, error):
    rounds = []

    def round_that_fails(_self):
        rounds.append(1)
        raise error

    monkeypatch.setattr("projects.dispatcher._Waiter", Waiter)
    monkeypatch.setattr("projects.dispatcher.time.sleep", lambda _seconds: None)
    monkeypatch.setattr("projects.dispatcher.close_old_connections", lambda: None)
    monkeypatch.setattr(Dispatcher, "round", round_that_fails)

    Dispatcher().run(lambda: len(rounds) >= 3)

    assert len(rounds) == 3


def test_a_part_that_fails_keeps_no_other_part_from_its_work(studio, ada, project, monkeypatch):
    (take,) = ask(ada, shot_in(project, duration_s=1))

    def broken():
        raise ValueError("this part alone")

    monkeypatch.setattr("projects.dispatcher.raise_cancel_flags", broken)
    with pytest.raises(ValueError, match="this part alone"):
        studio.dispatcher.round()

    take.refresh_from_db()
    assert take.lease_until is not None


def test_without_a_database_the_round_is_over(studio, monkeypatch):
    done = []

    def away():
        raise OperationalError("away")

    monkeypatch.setattr("projects.dispatcher.schedule", away)
    monkeypatch.setattr("projects.dispatcher.schedule_decoding", lambda: done.append(1))

    with pytest.raises(OperationalError):
        studio.dispatcher.round()

    assert done == []


# One stage of every take in flight, and the quantum of the rule.
QUANTUM = 4


@pytest.mark.parametrize("workers", [1, 2])
def test_three_people_with_ten_equal_takes_each_are_served_alike_all_the_time(
    db, store, tmp_path, monkeypatch, workers
):
    """Through the real dispatcher and real workers, looked at after every message."""
    studio = Studio(tmp_path, monkeypatch, workers=tuple(f"w{number + 1}" for number in range(workers)))
    people = [person(name) for name in ("ada", "bo", "cy")]
    for one in people:
        shot = shot_in(project_of(one, one.username), duration_s=2)
        ask(one, shot, count=5)
        ask(one, shot, count=5)
    finished_apart, delivered_apart = 0, 0
    for _ in range(2000):
        studio.round()
        if not studio.queue:
            break
        while studio.deliver():
            done = [Take.objects.filter(requested_by=one, status="succeeded").count() for one in people]
            seen = [Chunk.objects.filter(take__requested_by=one).count() for one in people]
            finished_apart = max(finished_apart, max(done) - min(done))
            delivered_apart = max(delivered_apart, max(seen) - min(seen))

    assert Take.objects.filter(status="succeeded").count() == 30
    assert finished_apart <= 1
    assert delivered_apart <= QUANTUM
    check(at_rest=True)


def test_an_upload_whose_worker_died_is_asked_for_again_within_half_a_minute(db, store, ada, monkeypatch):
    upload = Upload.objects.create(
        owner=ada, size=1, offset=1, status=UploadStatus.PROCESSING, expires_at=timezone.now() + timedelta(hours=1)
    )
    asked, clock = [], [1000.0]
    monkeypatch.setattr(
        "projects.dispatcher.submit_own", lambda task, **values: asked.append((clock[0], values)) or True
    )
    monkeypatch.setattr("projects.dispatcher.time.monotonic", lambda: clock[0])
    dispatcher = Dispatcher()

    while clock[0] < 1070:
        dispatcher._take_in()
        clock[0] += 2

    assert asked == [(1030.0, {"upload_id": str(upload.pk)}), (1060.0, {"upload_id": str(upload.pk)})]


@pytest.mark.parametrize("hours", [1, -1])
def test_when_the_clock_jumps_nobody_loses_a_lease_and_nobody_keeps_one_for_ever(
    studio, ada, project, monkeypatch, hours
):
    (take,) = ask(ada, shot_in(project, duration_s=2))
    studio.round()
    jump = timedelta(hours=hours)
    plain_now = timezone.now
    monkeypatch.setattr("django.utils.timezone.now", lambda: plain_now() + jump)
    # So that this round sweeps, too.
    studio.dispatcher._clocks.sweep = float("-inf")

    studio.dispatcher.round()

    take.refresh_from_db()
    # With a database of another machine its clock did not jump, and leases stay as they are.
    left = take.lease_until - database_now()
    assert timedelta(0) < left <= LEASE
    assert take.deaths == 0
    studio.until_quiet()
    take.refresh_from_db()
    assert (take.status, take.recovered) == ("succeeded", False)
    check(at_rest=True)
