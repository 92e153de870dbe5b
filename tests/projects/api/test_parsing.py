"""JSON that cannot be kept is refused before anything sees it."""

import io

import pytest
from rest_framework.exceptions import ParseError

from projects.api.parsing import WellFormedJson
from tests.support.api import Browser


@pytest.mark.parametrize(
    "text",
    [
        r'{"title": "\ud800"}', r'{"\udc00": 1}', r'["\ud83d"]', '{"a": NaN}', '{"a": Infinity}', "[" * 100_000, "",
        '{"a": 1', "\xff",
    ],
)  # fmt: skip
def test_what_is_not_well_formed_is_refused(text):
    with pytest.raises(ParseError):
        WellFormedJson().parse(io.BytesIO(text.encode("latin-1")), "application/json", {})


@pytest.mark.parametrize(("text", "value"), [(r'{"a": "\ud83d\ude00"}', {"a": "😀"}), ("[[1], null]", [[1], None])])
def test_whole_characters_are_read(text, value):
    assert WellFormedJson().parse(io.BytesIO(text.encode()), "application/json", {}) == value


def test_the_api_reads_by_it(db, ada):
    response = Browser(ada).client.post(
        "/api/v1/projects", data=r'{"title": "\ud800"}', content_type="application/json"
    )

    assert (response.status_code, response.json()["code"]) == (400, "bad_request")
