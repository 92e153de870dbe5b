"""A lock, a full disk and a lost connection are told apart, by what drivers really raise."""

import json
import sqlite3

import pytest

from projects.rules.database_trouble import Trouble, trouble_of
from tests.architecture.source_tree import ROOT


@pytest.fixture
def path(tmp_path):
    with sqlite3.connect(tmp_path / "x.sqlite3") as connection:
        connection.execute("create table things (words text)")
    return tmp_path / "x.sqlite3"


def raised(connection, command):
    with pytest.raises(sqlite3.Error) as caught:
        connection.execute(command)
    return trouble_of(caught.value)


def test_somebody_else_writes(path):
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")

    assert raised(sqlite3.connect(path, timeout=0, isolation_level=None), "begin immediate") is Trouble.BUSY


def test_there_is_no_room(path):
    small = sqlite3.connect(path)
    small.execute("pragma max_page_count = 3")

    assert raised(small, "insert into things values (zeroblob(100000))") is Trouble.FULL


def test_the_file_is_gone_or_no_database(tmp_path):
    with pytest.raises(sqlite3.Error) as caught:
        sqlite3.connect(tmp_path / "nowhere" / "x.sqlite3")
    assert trouble_of(caught.value) is Trouble.AWAY
    (tmp_path / "text").write_text("not a database, but long enough to be asked whether it is one " * 40)
    assert raised(sqlite3.connect(tmp_path / "text"), "select * from things") is Trouble.AWAY


def test_a_table_that_is_not_there_is_a_fault_of_ours(path):
    assert raised(sqlite3.connect(path), "select * from others") is Trouble.OURS


class Psycopg(Exception):  # noqa: N818 - as the driver has it
    """An error with the state that a server gave, or none."""

    def __init__(self, sqlstate=None):
        super().__init__("said")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("state", "trouble"),
    [
        ("55P03", Trouble.BUSY), ("40P01", Trouble.BUSY), ("40001", Trouble.BUSY), ("57014", Trouble.BUSY),
        ("53300", Trouble.BUSY), ("53100", Trouble.FULL), ("57P01", Trouble.AWAY), ("57P03", Trouble.AWAY),
        ("08006", Trouble.AWAY), (None, Trouble.AWAY), ("58030", Trouble.AWAY), ("42P01", Trouble.OURS),
    ],
)  # fmt: skip
def test_states_of_postgresql(state, trouble):
    outer = RuntimeError("as Django raises it")
    outer.__cause__ = Psycopg(state)

    assert trouble_of(outer) is trouble


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_there_are_words_for_each(language):
    words = json.loads((ROOT / f"frontend/src/i18n/{language}/errors.json").read_text(encoding="utf-8"))

    assert {trouble.value for trouble in Trouble} <= set(words)
