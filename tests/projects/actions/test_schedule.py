"""Handing out leases: one worker, one take; a broken take ends alone; without a broker nobody is blamed."""

import pytest

from projects.actions.schedule import schedule, waiting_takes
from projects.models import Take, User, Worker
from projects.rules import scheduling as rule_of_the_queue
from projects.rules.scheduling import Pick
from tests.support.invariants import check
from tests.support.studio import Studio, ask, shot_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def shot(project):
    return shot_in(project, duration_s=1)


BROKEN_SPECS = (
    {"preset": "tiny"},
    {"preset": "tiny", "prompts": 7, "seconds": 1, "width": 1, "height": 1, "seed": 1},
    {"preset": "tiny", "prompts": ["a"], "seconds": 1, "width": 1, "height": 1, "seed": 1, "from_the_future": 1},
    {"window_size": "four"},
)


@pytest.mark.parametrize("spec", BROKEN_SPECS)
def test_a_take_that_cannot_be_read_fails_with_its_reason_and_the_next_one_runs(studio, ada, shot, spec):
    broken, sound = ask(ada, shot, count=2)
    Take.objects.filter(pk=broken.pk).update(spec=spec)

    # The round that finds it may give its worker nothing else.
    studio.round()
    studio.until_quiet()

    broken.refresh_from_db()
    sound.refresh_from_db()
    assert (broken.status, broken.error_code) == ("failed", "worker_failed")
    assert broken.error_detail
    assert sound.status == "succeeded"
    check(at_rest=True)


def test_a_take_without_words_is_put_aside_when_it_is_specified(studio, ada, shot):
    broken, sound = ask(ada, shot, count=2)
    Take.objects.filter(pk=broken.pk).update(prompt="", enhanced_prompt="", settings={})

    studio.until_quiet()

    broken.refresh_from_db()
    sound.refresh_from_db()
    assert (broken.status, sound.status) == ("failed", "succeeded")
    assert "StopIteration" in broken.error_detail
    check(at_rest=True)


def test_without_a_broker_nothing_is_leased_and_nobody_dies_of_it(studio, ada, shot):
    (take,) = ask(ada, shot)
    studio.broker = False
    for _ in range(5):
        studio.round()
    take.refresh_from_db()
    assert (take.status, take.token, take.deaths) == ("queued", 0, 0)

    studio.broker = True
    studio.until_quiet()
    take.refresh_from_db()
    assert (take.status, take.recovered) == ("succeeded", False)


@pytest.mark.parametrize("stages", [0, 1])
def test_a_lease_that_could_not_be_sent_is_taken_back(studio, ada, shot, monkeypatch, stages):
    (take,) = ask(ada, shot)
    for _ in range(stages):
        studio.round()
        studio.deliver()
    monkeypatch.setattr("projects.actions.schedule.submit_advance", lambda *_arguments, **_names: False)

    assert schedule() == 0

    take.refresh_from_db()
    assert (take.status, take.lease_until, take.deaths) == ("running" if stages else "queued", None, 0)
    monkeypatch.undo()


def test_two_stages_of_one_round_count_as_two(db, store, tmp_path, monkeypatch, ada, shot):
    studio = Studio(tmp_path, monkeypatch, workers=("w1", "w2", "w3"))
    ask(ada, shot, count=3)
    before = User.objects.get(pk=ada.pk).virtual_time

    studio.round()

    assert User.objects.get(pk=ada.pk).virtual_time - before == 3


def test_a_worker_that_left_gets_nothing_even_if_it_was_picked(studio, ada, shot, monkeypatch):
    (take,) = ask(ada, shot)
    monkeypatch.setattr("projects.actions.schedule.pick", leaving(Worker, waiting_takes))

    assert schedule() == 0

    take.refresh_from_db()
    assert take.lease_until is None


def leaving(workers, waiting):
    """A pick after which the worker says goodbye, before it has its lease."""

    def pick(*_facts):
        workers.objects.filter(name="w1").update(stopping=True)
        return [Pick(take_id=it.take_id, worker="w1") for it in waiting()]

    return pick


def test_two_dispatchers_that_pick_at_once_give_a_worker_one_take_and_a_take_one_worker(
    db, store, tmp_path, monkeypatch, ada, shot
):
    studio = Studio(tmp_path, monkeypatch, workers=("w1", "w2"))
    ask(ada, shot, count=4)
    plain, depth = rule_of_the_queue.pick, []

    def interrupted(waiting, people, slots):
        picks = plain(waiting, people, slots)
        if not depth:
            depth.append(1)
            # The other one takes the same workers for other takes, after we have picked and before we lease.
            monkeypatch.setattr("projects.actions.schedule.pick", lambda *facts: plain(*facts)[::-1])
            Take.objects.filter(pk=picks[0].take_id).update(paused=True)
            schedule()
            Take.objects.filter(pk=picks[0].take_id).update(paused=False)
        return picks

    monkeypatch.setattr("projects.actions.schedule.pick", interrupted)
    schedule()

    leased = list(Take.objects.filter(lease_until__isnull=False).values_list("worker", flat=True))
    assert sorted(leased) == ["w1", "w2"]
    assert len(studio.queue) == 2
    assert not Take.objects.filter(token__gt=1).exists()


def test_a_take_that_another_dispatcher_leased_meanwhile_is_left_alone(db, store, tmp_path, monkeypatch, ada, shot):
    studio = Studio(tmp_path, monkeypatch, workers=("w1", "w2"))
    (take,) = ask(ada, shot)

    def overtaken(waiting, _people, _slots):
        for_the_other = [Pick(take_id=waiting[0].take_id, worker="w2")]
        monkeypatch.setattr("projects.actions.schedule.pick", lambda *_facts: for_the_other)
        assert schedule() == 1
        return [Pick(take_id=waiting[0].take_id, worker="w1")]

    monkeypatch.setattr("projects.actions.schedule.pick", overtaken)

    assert schedule() == 0

    take.refresh_from_db()
    assert (take.worker, take.token) == ("w2", 1)
    assert len(studio.queue) == 1
