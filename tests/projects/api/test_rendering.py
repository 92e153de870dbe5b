"""Answers are written fast, and as the slow way writes them."""

import json
from collections import OrderedDict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ErrorDetail
from rest_framework.renderers import JSONRenderer
from rest_framework.settings import api_settings

from projects.api.rendering import FastJsonRenderer
from projects.models.take import TakeStatus

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\u2028\u2029")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
)


def both(data, media_type="application/json"):
    return tuple(renderer().render(data, media_type, {}) for renderer in (FastJsonRenderer, JSONRenderer))


@given(PLAIN)
def test_plain_values_are_written_alike(data):
    fast, slow = both(data)

    assert json.loads(fast or b"null") == json.loads(slow or b"null")
    if b"\\u2028" not in slow and b"\\u2029" not in slow:
        assert fast == slow


@pytest.mark.parametrize(
    "data",
    [
        {"words": "海边 🌊 \x00 \x7f \"quoted\" \\ /"},
        {"number": [0.1, 1e-7, 1e22, -0.0, 1.0, 123456789.123456, 2**53]},
        OrderedDict(b=1, a=(1, 2)),
        {"at": datetime(2026, 11, 30, 5, 0, 0, 1500, tzinfo=UTC), "on": date(2026, 11, 30)},
        {"for": timedelta(seconds=90)},
        {"id": UUID(int=7), "price": Decimal("1.50")},
        {"status": TakeStatus.SUCCEEDED, "error": ErrorDetail("no", code="c"), "safe": mark_safe("<b>")},
        {"lazy": lazystr("later")},
        {1: "key", None: "none"},
        {"large": 2**80},
    ],
    ids=lambda data: ",".join(map(str, data)),
)  # fmt: skip
def test_whatever_an_answer_holds_is_written_alike(data):
    fast, slow = both(data)

    assert json.loads(fast) == json.loads(slow)


def test_nothing_is_no_body_and_whoever_asks_for_lines_gets_them():
    assert both(None) == (b"", b"")
    fast, slow = both({"a": [1]}, "application/json; indent=2")
    assert fast == slow
    assert b"\n" in fast


def test_what_cannot_be_written_is_an_error_as_before():
    with pytest.raises(TypeError, match="not JSON serializable"):
        both({"what": object()})


def test_a_number_that_is_none_is_null():
    assert FastJsonRenderer().render({"a": float("nan")}) == b'{"a":null}'


def test_all_answers_are_written_so():
    (renderer,) = api_settings.DEFAULT_RENDERER_CLASSES
    assert renderer is FastJsonRenderer
