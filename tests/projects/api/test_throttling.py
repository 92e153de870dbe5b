"""Requests are counted from minute to minute, each person's apart."""

import re

import pytest
from django.core.cache import cache
from rest_framework.throttling import SimpleRateThrottle

from projects.api.throttling import PasswordThrottle, PersonThrottle
from tests.support.studio import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """A clock that is set by hand, at the beginning of a minute."""
    time = [6_000_000.0]
    monkeypatch.setattr(SimpleRateThrottle, "timer", lambda _self: time[0])
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", {"person": "3/min", "log_in": "2/min"})
    cache.clear()
    return time


def asked(rf, user, throttle=PersonThrottle):
    request = rf.get("/")
    request.user = user
    made = throttle()
    return made.allow_request(request, None), made


def test_so_many_a_minute_and_then_not_until_the_next(rf, ada, clock):
    assert [asked(rf, ada)[0] for _ in range(5)] == [True, True, True, False, False]
    clock[0] += 45
    allowed, throttle = asked(rf, ada)
    assert (allowed, throttle.wait()) == (False, 15.0)

    clock[0] += 15

    assert [asked(rf, ada)[0] for _ in range(4)] == [True, True, True, False]


def test_nobody_uses_up_what_is_anothers(rf, ada, clock):
    for _ in range(5):
        asked(rf, ada)

    assert asked(rf, person("bob"))[0]
    # Tries of a password are counted beside, by the time of each.
    assert [asked(rf, ada, PasswordThrottle)[0] for _ in range(3)] == [True, True, False]


def test_a_cache_that_forgets_counts_anew(rf, ada, clock, monkeypatch):
    def dropped(_cache, key):
        raise ValueError(key)

    asked(rf, ada)
    monkeypatch.setattr(type(cache._connections[cache._alias]), "incr", dropped)

    assert [asked(rf, ada)[0] for _ in range(5)] == [True] * 5


def test_no_rate_counts_nothing(rf, ada, clock, monkeypatch):
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", {"person": None})

    assert all(asked(rf, ada)[0] for _ in range(5))


def test_every_counted_answer_says_how_many_more_are_taken(browser, settings):
    answers = [browser.get("/me") for _ in range(2)]

    policy = {answer.headers["RateLimit-Policy"] for answer in answers}
    assert len(policy) == 1
    limit = int(re.fullmatch(r'"person";q=(\d+);w=60', policy.pop())[1])
    left = [re.fullmatch(r'"person";r=(\d+);t=(\d+)', answer.headers["RateLimit"]) for answer in answers]
    assert all(0 < int(found[2]) <= 60 for found in left)
    # Unless a minute ended in between.
    assert int(left[1][1]) in (int(left[0][1]) - 1, limit - 1)


def test_who_asked_too_often_has_none_left(rf, ada, clock):
    told = []
    for _ in range(5):
        request = rf.get("/")
        request.user = ada
        PersonThrottle().allow_request(request, None)
        told.append(request.rate_limit["RateLimit"])

    assert told == [f'"person";r={left};t=60' for left in (2, 1, 0, 0, 0)]
