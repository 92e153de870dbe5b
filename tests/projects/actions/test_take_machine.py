"""Leases, tokens, deaths, wishes: whatever happens in whatever order, each stage counts once and every take ends."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from generation.contract.messages import (
    AdvanceRequest,
    StageAdvanced,
    StageDropped,
    StageFailed,
    TakeHeartbeat,
    cancel_key,
)
from projects.actions.clock import database_now
from projects.actions.commits import MOST_RETRIES, commit
from projects.actions.schedule import free_slots, schedule, waiting_takes
from projects.actions.sweep import MOST_DEATHS, forget_old, raise_cancel_flags, shift_leases, sweep
from projects.actions.take_changes import change, locked_take
from projects.actions.take_endings import seconds_ready
from projects.actions.take_files import finish_take
from projects.actions.take_wishes import cancel, mark, set_paused
from projects.errors import Conflict, Invalid
from projects.models import Chunk, Event, Take, Worker
from tests.support.invariants import check
from tests.support.studio import Studio, ask, picture_of, shot_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def shot(project):
    return shot_in(project)


def advance_messages(studio):
    return [payload for task, _, payload in studio.queue if task == "generation.advance_take"]


def lapse(take):
    """The lease runs out."""
    Take.objects.filter(pk=take.pk).update(lease_until=database_now() - timedelta(seconds=1))


def test_a_stage_that_is_answered_twice_counts_once(studio, ada, shot):
    (take,) = ask(ada, shot)
    studio.round()
    request = AdvanceRequest.from_json(studio.queue.popleft()[2])
    answer = studio.bench.advancer("w1").advance(request)
    for _ in range(5):
        commit(answer)

    take.refresh_from_db()
    assert take.stage == 1
    studio.until_quiet()
    check(at_rest=True)


def test_an_answer_of_an_older_lease_changes_nothing(studio, ada, shot):
    (take,) = ask(ada, shot)
    studio.round()
    old = AdvanceRequest.from_json(studio.queue.popleft()[2])
    lapse(take)
    sweep()
    studio.round()
    new = AdvanceRequest.from_json(advance_messages(studio)[0])
    assert new.token > old.token

    studio.bench.advancer("w2").advance(old)

    take.refresh_from_db()
    assert take.stage == 0
    studio.until_quiet()
    check(at_rest=True)


def test_a_lost_worker_is_told_of_and_the_take_goes_on(studio, ada, shot):
    (take,) = ask(ada, shot)
    studio.round()
    studio.queue.clear()
    lapse(take)

    studio.dispatcher = type(studio.dispatcher)()
    studio.until_quiet()

    take.refresh_from_db()
    assert (take.status, take.recovered, take.deaths) == ("succeeded", True, 0)
    check(at_rest=True)


def test_poison_is_put_aside_after_three_deaths_in_a_row_and_costs_nothing(studio, ada, shot):
    (take,) = ask(ada, shot)
    for _ in range(MOST_DEATHS):
        schedule()
        lapse(take)
        sweep()

    take.refresh_from_db()
    assert (take.status, take.error_code) == ("failed", "quarantined")
    assert "workers died" in take.error_detail
    check(at_rest=True)
    (other,) = ask(ada, shot)
    studio.queue.clear()
    studio.until_quiet()
    other.refresh_from_db()
    assert other.status == "succeeded"


def test_a_failure_that_may_pass_is_tried_again_and_one_that_stays_is_not(studio, ada, shot):
    (take,) = ask(ada, shot)
    for tries in range(MOST_RETRIES + 1):
        schedule()
        take.refresh_from_db()
        assert take.retries == tries
        commit(failure(take, code="storage_failed", retry=True))

    take.refresh_from_db()
    assert (take.status, take.error_code) == ("failed", "storage_failed")
    (second,) = ask(ada, shot)
    schedule()
    second.refresh_from_db()
    commit(failure(second, code="numerics_failed", retry=False))
    second.refresh_from_db()
    assert second.error_code == "numerics_failed"
    check(at_rest=True)


def failure(take, **values):
    plain = {"code": "x", "message": "m", "retry": False}
    return StageFailed(take_id=str(take.pk), token=take.token, worker="w1", stage=take.stage, **{**plain, **values})


def test_too_little_memory_is_first_met_with_a_smaller_window(studio, ada, shot):
    (take,) = ask(ada, shot)
    schedule()
    take.refresh_from_db()

    commit(failure(take, code="out_of_memory", retry=True))

    take.refresh_from_db()
    assert take.spec["window_size"] == 1
    assert take.status == "running"


def test_a_heartbeat_extends_its_own_lease_only(studio, ada, shot):
    (take,) = ask(ada, shot)
    schedule()
    take.refresh_from_db()
    lapse(take)

    commit(TakeHeartbeat(take_id=str(take.pk), token=take.token - 1, worker="w0", stage=0))
    take.refresh_from_db()
    assert take.lease_until < timezone.now()
    commit(TakeHeartbeat(take_id=str(take.pk), token=take.token, worker="w1", stage=0))
    take.refresh_from_db()
    assert take.lease_until > timezone.now()


@pytest.mark.parametrize("keep", [False, True])
def test_cancelling_in_line_ends_at_once(studio, ada, shot, keep):
    (take,) = ask(ada, shot)

    cancel(ada, take.pk, keep_ready=keep)
    cancel(ada, take.pk, keep_ready=keep)

    take.refresh_from_db()
    assert take.status == "cancelled"
    check(at_rest=True)


def test_cancelling_while_it_runs_raises_a_flag_that_the_worker_sees(studio, ada, shot):
    (take,) = ask(ada, shot)
    studio.round()

    cancel(ada, take.pk, keep_ready=False)
    raise_cancel_flags()

    assert studio.bench.store.exists(cancel_key(str(take.pk)))
    studio.until_quiet()
    take.refresh_from_db()
    assert take.status == "cancelled"
    check(at_rest=True)


def test_keeping_what_is_ready_makes_a_shorter_take(studio, ada, project):
    (take,) = ask(ada, shot_in(project, duration_s=4))
    while seconds_ready(take) < 2:
        studio.round()
        studio.deliver()

    cancel(ada, take.pk, keep_ready=True)
    studio.until_quiet()

    take.refresh_from_db()
    assert (take.status, take.truncated) == ("succeeded", True)
    assert take.duration_s == take.asset.frames // 24 >= 2
    check(at_rest=True)


def test_cancelling_what_has_ended_changes_nothing(studio, ada, shot):
    (take,) = ask(ada, shot)
    studio.until_quiet()

    assert cancel(ada, take.pk, keep_ready=False).status == "succeeded"


def test_a_paused_take_waits_between_stages(studio, ada, shot):
    (take,) = ask(ada, shot)
    set_paused(ada, take.pk, paused=True)
    studio.until_quiet()
    take.refresh_from_db()
    assert take.status == "queued"

    set_paused(ada, take.pk, paused=False)
    studio.until_quiet()
    take.refresh_from_db()
    assert take.status == "succeeded"
    with pytest.raises(Conflict):
        set_paused(ada, take.pk, paused=True)


def test_a_worker_that_is_stopped_gives_its_stage_back_without_a_death(studio, ada, shot):
    (take,) = ask(ada, shot)
    schedule()
    take.refresh_from_db()

    commit(StageDropped(take_id=str(take.pk), token=take.token, worker="w1", stage=0, reason="stopping"))

    take.refresh_from_db()
    assert (take.status, take.deaths, take.lease_until) == ("running", 0, None)


def test_marks_follow_into_the_library(studio, ada, shot):
    (take,) = ask(ada, shot)
    studio.until_quiet()

    mark(ada, take.pk, {"starred": True, "tags": ["night"]})

    take.refresh_from_db()
    assert take.asset.starred
    assert take.asset.tags == ["night"]
    with pytest.raises(Invalid):
        mark(ada, take.pk, {"starred": "yes"})


def test_workers_that_are_silent_stopping_or_red_get_nothing(studio, ada, shot):
    assert [slot.worker for slot in free_slots()] == ["w1"]
    for values in (
        {"heard_at": database_now() - timedelta(minutes=1)},
        {"stopping": True},
        {"last_error": "no weights"},
    ):
        Worker.objects.update(heard_at=database_now(), stopping=False, last_error="")
        Worker.objects.update(**values)
        assert free_slots() == []


def test_a_jump_of_the_clock_moves_every_lease_along(studio, ada, shot):
    (take,) = ask(ada, shot)
    schedule()
    take.refresh_from_db()
    before = take.lease_until

    shift_leases(3600)

    take.refresh_from_db()
    assert take.lease_until - before == timedelta(hours=1)


def test_old_events_and_workers_are_forgotten_and_unsent_ones_kept(studio, ada, shot, monkeypatch):
    queues = []
    monkeypatch.setattr("projects.actions.sweep.forget_queue", queues.append)
    ask(ada, shot)
    old = database_now() - timedelta(days=5)
    Event.objects.update(created_at=old, published_at=old)
    first = Event.objects.order_by("seq").first()
    Event.objects.filter(pk=first.pk).update(published_at=None)
    Worker.objects.update(heard_at=old)

    forget_old()

    assert list(Event.objects.values_list("pk", flat=True)) == [first.pk]
    assert not Worker.objects.exists()
    assert sorted(queues) == ["d1", "w1"]


def test_finishing_twice_makes_one_file(studio, ada, shot):
    (take,) = ask(ada, shot)
    studio.until_quiet()

    assert finish_take(take.pk) is False
    assert locked_take(take.pk).status == "succeeded"


def test_a_file_that_cannot_be_stored_waits_for_space(studio, ada, shot, monkeypatch):
    from generation.errors import StorageError

    (take,) = ask(ada, shot)
    monkeypatch.setattr("projects.actions.take_files.store_movie", raising(StorageError("the disk is full")))
    studio.until_quiet()
    take.refresh_from_db()
    assert (take.status, take.phase) == ("running", "muxing")

    monkeypatch.undo()
    assert finish_take(take.pk)
    check(at_rest=True)


def raising(error):
    def raise_it(*_arguments, **_values):
        raise error

    return raise_it


def test_every_change_that_clients_see_grows_the_version(studio, ada, shot):
    (take,) = ask(ada, shot)
    before = take.version

    change(take, paused=True)

    assert take.version == before + 1


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_however_many_workers_there_are_the_bytes_are_the_same(db, store, tmp_path, monkeypatch, ada, project, workers):
    studio = Studio(tmp_path, monkeypatch, workers=tuple(f"w{n}" for n in range(workers)))
    picture = picture_of(ada)
    image = project.nodes.create(kind="image", asset=picture)
    takes = ask(ada, shot_in(project, parent_node=image), seed=1, count=2)
    for take in takes:
        Take.objects.filter(pk=take.pk).update(seed=1)
    studio.until_quiet()

    hashes = {tuple(Chunk.objects.filter(take=take).order_by("index").values_list("fragment_sha256")) for take in takes}
    assert len(hashes) == 1
    check(at_rest=True)


def test_answers_about_takes_that_are_gone_are_left_alone(studio):
    gone = StageAdvanced(
        take_id="0190c3a0-0000-7000-8000-000000000000", token=1, worker="w", stage=0, num_stages=1, state_key="s",
        texts_key="t", context_key="", chunk_index=-1, latents_key="", latents_sha256="", seconds=1.0,
    )  # fmt: skip

    assert commit(gone) is False
    assert commit(replace(gone, stage=5)) is False
    assert waiting_takes() == []


def test_a_worker_that_says_goodbye_gives_back_what_it_was_leased_meanwhile(studio, ada, shot):
    (take,) = ask(ada, shot)
    studio.round()
    take.refresh_from_db()
    assert take.lease_until is not None

    studio.alive("w1", stopping=True)

    take.refresh_from_db()
    assert (take.lease_until, take.deaths, take.recovered) == (None, 0, False)
    assert schedule() == 0
    studio.alive("w1")
    studio.queue.clear()
    studio.until_quiet()
    take.refresh_from_db()
    assert (take.status, take.recovered) == ("succeeded", False)
    check(at_rest=True)


def test_a_worker_that_says_goodbye_ends_what_was_to_be_cancelled(studio, ada, shot):
    (take,) = ask(ada, shot)
    studio.round()
    cancel(ada, take.pk, keep_ready=False)

    studio.alive("w1", stopping=True)

    take.refresh_from_db()
    assert take.status == "cancelled"
    check(at_rest=True)
