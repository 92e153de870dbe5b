"""What a stranger wrote is read value by value, or refused by its place."""

import pytest

from projects.errors import Invalid
from projects.rules.plain_values import Plain
from projects.rules.project_file import FORMAT, VERSION, file_name, read_project_file

EMPTY = {
    "format": FORMAT, "version": VERSION, "project": {"title": "x", "settings": {}, "poster": None},
    "files": [], "assets": [], "nodes": [], "takes": [], "films": [],
}  # fmt: skip
ID = "0190c3a0-0000-7000-8000-000000000000"
SHA = "0" * 64
# Of each kind of value: how it is read, what is taken, and what is not.
READS = {
    "text": (lambda it: it.text("v", most=3), ["", "abc", "海"], ["abcd", "\0", "\ud800", None, 3, [], {}]),
    "choice": (lambda it: it.choice("v", "a", "b"), ["a", "b"], ["c", None, 1, []]),
    "whole": (lambda it: it.whole("v", 1, 9), [1, 9], [0, 10, 1.0, True, "1", None, 10**400]),
    "maybe_whole": (lambda it: it.maybe_whole("v", 1, 9), [None, 1], [0, "1", False]),
    "number": (lambda it: it.number("v", 5.0), [0, -5, 4.5], [6, float("nan"), float("inf"), True, "1", None]),
    "flag": (lambda it: it.flag("v"), [True, False], [0, 1, None, "true"]),
    "sha256": (lambda it: it.sha256("v"), [SHA], ["0" * 63, "G" * 64, "A" * 64, SHA + "\n", None, 0]),
    "identity": (lambda it: it.identity("v"), [ID], ["x", None, 3, {}]),
    "maybe_identity": (lambda it: it.maybe_identity("v"), [ID, None], ["", "x", 0]),
    "texts": (lambda it: it.texts("v", most=2, each=2), [[], ["a", "bb"]], [["a"] * 3, ["abc"], [1], "ab", None]),
    "anything": (
        lambda it: it.anything("v", most=20), [{}, {"a": [1, 2.5, None, "b"]}],
        [None, [], {"a": "x" * 30}, {"a": float("nan")}, {"\0": 1}, {"a": 2**80}, {"a": "\ud800"}],
    ),
    "inner": (lambda it: it.inner("v"), [{}], [None, [], "x"]),
    "each": (lambda it: list(it.each("v", most=2)), [[], [{}, {}]], [[{}] * 3, [1], None, {}]),
}  # fmt: skip


def plain(value) -> Plain:
    return Plain(values={"v": value}, place="here", code="odd")


@pytest.mark.parametrize("kind", READS)
def test_a_value_is_what_is_expected_or_refused_by_its_place(kind):
    read, good, bad = READS[kind]
    for value in good:
        read(plain(value))
    for value in bad:
        with pytest.raises(Invalid) as caught:
            read(plain(value))
        assert caught.value.code == "odd", value
        assert caught.value.params["place"].startswith("here.v"), value


def test_what_is_nested_without_end_is_refused():
    deep = {}
    for _ in range(5000):
        deep = {"a": deep}

    with pytest.raises(Invalid):
        plain(deep).anything("v", most=10**6)


def test_an_empty_project_is_one():
    said = read_project_file(EMPTY)

    assert (said.title, said.nodes, said.files) == ("x", (), {})


def test_files_are_called_by_their_content():
    assert file_name(SHA, "video/mp4") == f"media/{SHA}.mp4"
    assert file_name(SHA) == f"media/{SHA}"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"version": 2}, "project_file_version"),
        ({"version": "1"}, "project_file_version"),
        ({"format": None}, "project_file_unreadable"),
        ({"nodes": {}}, "project_file_unreadable"),
        ({"project": None}, "project_file_unreadable"),
        ({"files": [{"sha256": SHA, "size": 0, "name": f"media/{SHA}"}]}, "project_file_unreadable"),
        ({"project": {"title": "x", "settings": {}, "poster": ID}}, "project_file_unreadable"),
        ({"films": [{"id": ID, "title": "", "items": []}] * 2}, "project_file_unreadable"),
    ],
)
def test_what_is_no_project_is_refused(change, code):
    with pytest.raises(Invalid) as caught:
        read_project_file({**EMPTY, **change})

    assert caught.value.code == code
