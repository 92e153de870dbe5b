"""A key is carried out by one request, whoever dies, and answered for all."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from projects.actions import idempotency
from projects.actions.idempotency import answer_of, begin, carrying_out, finish, note_made
from projects.actions.projects import create_project
from projects.errors import Conflict
from projects.models import IdempotencyKey, Project
from tests.support.studio import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(idempotency, "_WAIT_SECONDS", 0.0)


def again(user, key="key", digest="digest"):
    return answer_of(begin(user, key, digest), digest)


def time_passes():
    IdempotencyKey.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))


def test_a_request_sent_twice_gets_the_first_answer(ada):
    claim, known = again(ada)
    assert known is None
    finish(claim, status=202, body={"a": 1})

    _, told = again(ada)

    assert (told.status, told.body) == (202, {"a": 1})


def test_a_key_belongs_to_one_request_and_one_person(ada):
    finish(begin(ada, "key", "digest"), status=200, body={})

    with pytest.raises(Conflict) as caught:
        again(ada, digest="other")
    assert caught.value.code == "idempotency_mismatch"
    assert begin(person("bob"), "key", "other").is_first
    with pytest.raises(Conflict):
        begin(ada, "k" * 300, "digest")


def test_a_refused_request_frees_its_key(ada):
    finish(begin(ada, "key", "digest"), status=0, body=None)

    assert begin(ada, "key", "other").is_first


def test_a_key_whose_first_request_is_at_it_is_waited_for_but_not_for_ever(ada):
    begin(ada, "key", "digest")

    with pytest.raises(Conflict) as caught:
        again(ada)
    assert caught.value.code == "idempotency_pending"


def test_who_died_before_anything_was_made_is_followed_by_one_who_does_it(ada):
    begin(ada, "key", "digest")
    time_passes()

    claim, known = again(ada)

    assert (claim.is_first, known) == (True, None)
    # And not by a third at the same time.
    with pytest.raises(Conflict):
        again(ada)


def test_who_died_after_something_was_made_is_answered_for_from_what_was_made(ada):
    claim = begin(ada, "key", "digest")
    with carrying_out(claim):
        project = create_project(ada, title="A")
    time_passes()

    _, told = again(ada)

    assert told.made == (str(project.pk),)
    assert told.status == 0


def test_who_wakes_too_late_changes_nothing(ada):
    late = begin(ada, "key", "digest")
    time_passes()
    follower, _ = again(ada)
    with carrying_out(follower):
        create_project(ada, title="A")

    with pytest.raises(Conflict), carrying_out(late):
        create_project(ada, title="A")
    finish(late, status=500, body={"late": True})
    finish(late, status=0, body=None)

    assert Project.objects.count() == 1
    assert again(ada)[1].made


def test_what_is_taken_back_was_not_made(ada):
    claim = begin(ada, "key", "digest")
    with carrying_out(claim), transaction.atomic():
        create_project(ada, title="A")
        transaction.set_rollback(True)
    finish(claim, status=0, body=None)

    assert begin(ada, "key", "digest").is_first


def test_what_was_made_keeps_its_key_even_if_telling_failed(ada):
    claim = begin(ada, "key", "digest")
    with carrying_out(claim):
        create_project(ada, title="A")
    finish(claim, status=0, body=None)

    assert again(ada)[1].made


def test_without_a_key_nothing_is_noted(ada):
    create_project(ada, title="A")
    note_made(ada.pk)

    assert not IdempotencyKey.objects.exists()
