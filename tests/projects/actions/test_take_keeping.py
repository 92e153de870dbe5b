"""What a take has is kept, whether it still moves or was given up; what was not made is not paid for."""

import pytest

from generation.media.video import read_all
from projects.actions import quota
from projects.actions.film_changes import build_film, create_film
from projects.actions.take_endings import end_failed, seconds_ready
from projects.actions.take_keeping import keep, keep_ready_seconds
from projects.actions.take_wishes import cancel
from projects.artifact_store import artifacts
from projects.errors import Conflict, NotFound, QuotaSpent
from projects.models import Event, QuotaEntry, Take
from tests.support.invariants import check
from tests.support.studio import ask, person, shot_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def moving(studio, ada, project):
    """A take of five seconds of which two can be watched."""
    (take,) = ask(ada, shot_in(project, duration_s=5))
    while seconds_ready(take) < 2:
        studio.round()
        assert studio.deliver()
    take.refresh_from_db()
    return take


def give_up(studio, user, take, how: str) -> Take:
    """Let it end without a file, with the seconds that it has."""
    if how == "failed":
        end_failed(take, "numerics_failed", detail="not a number")
    else:
        cancel(user, take.pk, keep_ready=False)
        studio.until_quiet()
    take.refresh_from_db()
    assert (take.status, take.asset) == (how, None)
    return take


def booked(take: Take) -> int:
    return sum(QuotaEntry.objects.filter(take=take).values_list("seconds", flat=True))


@pytest.mark.parametrize("how", ["failed", "cancelled"])
def test_seconds_of_a_take_that_was_given_up_become_a_clip_and_are_paid_for(studio, ada, moving, how):
    take = give_up(studio, ada, moving, how)
    ready = seconds_ready(take)
    assert ready >= 2
    assert booked(take) == 0

    for _ in range(2):
        assert keep(ada, take.pk).status == "running"
    studio.until_quiet()

    take.refresh_from_db()
    assert (take.status, take.error_code, take.error_params) == ("succeeded", "", {})
    assert (take.duration_s, take.truncated) == (ready, True)
    assert len(read_all(artifacts().get(take.asset.blob.key))) == 24 * ready
    assert take.shot.chosen_take_id == take.pk
    assert booked(take) == ready
    assert Event.objects.filter(entity_id=str(take.pk)).order_by("seq").last().type == "take.finished"
    check(at_rest=True)


def test_a_take_that_moves_is_kept_and_stopped(studio, ada, moving):
    keep(ada, moving.pk)
    studio.until_quiet()

    moving.refresh_from_db()
    assert moving.status == "succeeded"
    assert moving.duration_s < 5
    assert booked(moving) == moving.duration_s
    check(at_rest=True)


def test_what_has_its_file_or_no_second_stays_as_it_is(studio, ada, project):
    done, none = ask(ada, shot_in(project, duration_s=1, takes_wanted=2), count=2)
    cancel(ada, none.pk, keep_ready=False)
    studio.until_quiet()
    done.refresh_from_db()
    version = done.version

    assert keep(ada, done.pk).version == version
    assert keep_ready_seconds(ada, done.pk).version == version
    with pytest.raises(Conflict) as refused:
        keep(ada, none.pk)

    assert refused.value.code == "take_without_seconds"
    assert Take.objects.get(pk=none.pk).status == "cancelled"
    check(at_rest=True)


def test_what_is_kept_needs_as_many_seconds_of_the_day(studio, ada, moving):
    take = give_up(studio, ada, moving, "failed")
    ada.daily_seconds = 1
    ada.save()

    with pytest.raises(QuotaSpent) as refused:
        keep(ada, take.pk)

    assert refused.value.params["needed_s"] == seconds_ready(take)
    take.refresh_from_db()
    assert (take.status, take.error_code) == ("failed", "numerics_failed")
    check(at_rest=True)


def test_a_stranger_keeps_nothing(studio, ada, moving):
    take = give_up(studio, ada, moving, "failed")

    with pytest.raises(NotFound):
        keep(person("eve"), take.pk)


def test_a_kept_take_whose_file_cannot_be_made_costs_nothing_after_all(studio, ada, moving):
    take = keep(ada, give_up(studio, ada, moving, "cancelled").pk)
    assert booked(take) == seconds_ready(take)

    end_failed(take, "media_unreadable")

    assert booked(take) == 0
    quota.release(take, delivered=0)
    assert booked(take) == 0
    check(at_rest=True)


def test_a_film_shows_what_its_path_continues_of_a_cancelled_take(studio, ada, project, moving):
    take = give_up(studio, ada, moving, "cancelled")
    child = shot_in(project, parent_take=take, parent_frames=24, duration_s=1)
    ask(ada, child)
    studio.until_quiet()

    film = build_film(ada, create_film(ada, project.pk, title="Kites").pk, child.pk)
    studio.until_quiet()

    items = list(film.items.all())
    assert [(item.take_id, item.stop_frame) for item in items] == [(take.pk, 24), (child.takes.get().pk, None)]
    take.refresh_from_db()
    assert take.status == "succeeded"
    check(at_rest=True)


def test_a_film_leaves_out_a_cancelled_take_without_a_second(studio, ada, project):
    (first,) = ask(ada, shot_in(project, duration_s=1))
    (dead,) = ask(ada, shot_in(project, parent_take=first, duration_s=1))
    last = shot_in(project, parent_take=dead, duration_s=1)
    cancel(ada, dead.pk, keep_ready=False)
    studio.until_quiet()

    film = build_film(ada, create_film(ada, project.pk, title="Kites").pk, last.pk)

    assert [item.take_id for item in film.items.all()] == [first.pk]
    check(at_rest=True)
