"""A take ends once, one way; whatever is still done for it afterwards changes nothing."""

import pytest

from projects.actions import quota
from projects.actions.take_endings import end_cancelled, end_failed, end_succeeded, put_aside, seconds_ready
from projects.actions.take_wishes import cancel
from projects.models import Asset, QuotaEntry, Take
from tests.support.invariants import check
from tests.support.studio import ask, picture_of, shot_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def take(studio, ada, project):
    (made,) = ask(ada, shot_in(project, duration_s=2))
    return made


def unsaved_copy(asset: Asset) -> Asset:
    return Asset(owner=asset.owner, kind="clip", blob=asset.blob, title="late")


def test_a_file_that_is_ready_after_its_take_has_ended_is_not_needed(studio, ada, take):
    late = unsaved_copy(picture_of(ada))
    cancel(ada, take.pk, keep_ready=False)

    assert end_succeeded(take.pk, late) is False

    take.refresh_from_db()
    assert (take.status, take.asset) == ("cancelled", None)
    assert not Asset.objects.filter(title="late").exists()
    check(at_rest=True)


def test_a_take_whose_seconds_are_not_all_there_does_not_succeed(studio, ada, take):
    studio.round()

    assert end_succeeded(take.pk, unsaved_copy(picture_of(ada))) is False

    assert Take.objects.get(pk=take.pk).status == "running"


def test_what_is_given_back_twice_is_given_back_once(studio, take):
    for _ in range(3):
        quota.release(take, delivered=0)

    assert sum(QuotaEntry.objects.filter(take=take).values_list("seconds", flat=True)) == 0


def test_a_failure_says_at_which_second(studio, take):
    while not seconds_ready(take):
        studio.round()
        studio.deliver()
    take.refresh_from_db()

    end_failed(take, "numerics_failed", detail="x" * 10_000)

    assert take.error_params == {"second": 2}
    assert len(take.error_detail) == 4000
    check()


def test_keeping_nothing_is_cancelling(studio, take):
    take.keep_ready = True

    end_cancelled(take)

    assert take.status == "cancelled"


def test_what_is_put_aside_has_its_reason_and_ends_once(studio, take):
    put_aside(take.pk, ValueError("odd"))
    put_aside(take.pk, ValueError("later"))

    take.refresh_from_db()
    assert (take.status, take.error_code, take.error_detail) == ("failed", "worker_failed", "ValueError: odd")
    check(at_rest=True)
