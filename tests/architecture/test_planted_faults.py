"""The list of planted faults fits the code, the tests and the page that shows it; planting them takes minutes."""

import pytest

from tests.architecture.source_tree import ROOT
from tools.planted.__main__ import planted
from tools.planted.faults import FAULTS
from tools.planted.page import PAGE, page

FEWEST = 12


def test_there_are_enough_and_no_two_are_called_alike():
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= FEWEST


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_guard_stands_where_the_list_says(fault):
    text = (ROOT / fault.path).read_text(encoding="utf-8")

    assert planted(fault, text) != text
    with pytest.raises(ValueError, match="once"):
        planted(fault, "")


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_tests_that_must_notice_exist(fault):
    assert fault.tests
    for test in fault.tests:
        path, _, name = test.partition("::")
        text = (ROOT / path).read_text(encoding="utf-8")
        assert f"def {name}(" in text or not name


def test_the_page_shows_the_list():
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page(), "python -m tools.planted.page > docs/planted-faults.md"
