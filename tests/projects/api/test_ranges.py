"""Which bytes are wanted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.api.ranges import NoSuchRange, wanted_range


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("bytes=0-9", (0, 10)), ("bytes=90-", (90, 100)), ("bytes=-5", (95, 100)), ("bytes=0-999", (0, 100)),
        ("bytes=-999", (0, 100)), ("bytes=99-99", (99, 100)), (" bytes = 1-2 ", (1, 3)),
    ],
)  # fmt: skip
def test_one_range_is_given(header, found):
    part = wanted_range(header, 100)

    assert (part.start, part.stop) == found
    assert part.length == found[1] - found[0]


@pytest.mark.parametrize(
    "header", ["", "bytes=", "bytes=-", "items=0-1", "bytes=5-1", "bytes=0-1,5-9", "bytes=a-b", f"bytes={'9' * 40}-"]
)
def test_what_is_malformed_or_asks_for_several_gets_everything(header):
    assert wanted_range(header, 100) is None


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=-0", "bytes=500-600"])
def test_beyond_the_end_there_is_nothing(header):
    with pytest.raises(NoSuchRange):
        wanted_range(header, 100)


@given(st.text(max_size=40), st.integers(0, 1000))
def test_no_header_leads_outside_the_file(header, size):
    try:
        part = wanted_range(header, size)
    except NoSuchRange:
        return
    assert part is None or 0 <= part.start < part.stop <= size
