"""Golden JSON is read with every access checked."""

import pytest

from generation.verification.record import CaseError, Record, read_record


@pytest.fixture
def record():
    values = {
        "word": "a",
        "count": 3,
        "share": 0.5,
        "on": True,
        "pairs": [[0, 1]],
        "inner": {"x": 1},
        "outer": {"inner": {"x": 1}},
        "list": [{"y": 2}],
    }
    return Record(values, where="case.json")


def test_values_come_as_what_they_are(record):
    assert (record.text("word"), record.integer("count"), record.number("share"), record.flag("on")) == (
        "a",
        3,
        0.5,
        True,
    )
    assert record.number("count") == 3.0
    assert record.pairs("pairs") == [(0, 1)]
    assert record.record("inner").names == ("x",)
    assert record.named_records("outer")["inner"].integer("x") == 1
    assert record.records("list")[0].integer("y") == 2


def test_defaults_stand_in_for_what_is_left_out(record):
    assert record.text_or("nothing", "else") == "else"
    assert record.text_or("count", "else") == "else"
    assert record.flag("nothing", default=False) is False


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (lambda record: record.text("nothing"), "case.json must have 'nothing'"),
        (lambda record: record.integer("share"), "share must be int, got '0.5'"),
        (lambda record: record.integer("on"), "on must be int, got 'True'"),
        (lambda record: record.flag("count"), "count must be bool"),
        (lambda record: record.numbers("word"), "word must be list"),
        (lambda record: record.pairs("list"), "list must hold pairs"),
        (lambda record: record.named_records("inner"), "x must be dict"),
        (lambda record: record.record("inner").text("x"), "case.json: inner: x must be str"),
    ],
)
def test_what_does_not_fit_is_named(record, read, words):
    with pytest.raises(CaseError) as caught:
        read(record)

    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"), [("{", "must be JSON"), ("[1]", "one object, got list"), ("\x00", "JSON")]
)
def test_files_that_hold_no_object_are_refused(tmp_path, content, words):
    path = tmp_path / "case.json"
    path.write_text(content)

    with pytest.raises(CaseError, match=words):
        read_record(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(CaseError, match="must be JSON"):
        read_record(tmp_path / "none.json")
