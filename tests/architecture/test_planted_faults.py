"""The list of planted faults fits the code, the tests and the page that shows it; planting them takes minutes."""

import pytest

from tests.architecture.source_tree import ROOT
from tools.planted.__main__ import Finding, main, planted, try_out
from tools.planted.fault import PlantedFault
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


@pytest.mark.parametrize(
    ("test", "instead", "found"),
    [
        ("assert lock() == 'held'", "return 'free'", Finding.CAUGHT),
        ("assert lock()", "return 'free'", Finding.MISSED),
        ("assert lock() == 'lost'", "return 'free'", Finding.RED_ANYWAY),
        ("assert lock() == 'held'", "return (", Finding.UNREADABLE),
    ],
)
def test_a_fault_counts_as_caught_when_its_green_tests_turn_red(tmp_path, test, instead, found):
    code = tmp_path / "guarded.py"
    code.write_text("def lock():\n    return 'held'\n")
    (tmp_path / "test_guarded.py").write_text(f"from guarded import lock\n\n\ndef test_lock():\n    {test}\n")
    fault = PlantedFault(
        name="lock", harm="", path="guarded.py", guard="return 'held'", instead=instead, tests=("test_guarded.py",)
    )

    assert try_out(fault, tmp_path) is found
    assert "return 'held'" in code.read_text()


def test_the_page_shows_the_list():
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page(), "python -m tools.planted.page > docs/planted-faults.md"


def test_words_that_name_no_fault_are_no_success(capsys):
    assert main(["no", "such", "fault"]) != 0
    assert "no planted fault" in capsys.readouterr().out
