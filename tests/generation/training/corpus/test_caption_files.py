"""Caption files are read strictly: what is wrong is named by file and line."""

import json
import re

import pytest

from generation.errors import RequestError
from generation.training.corpus.caption_files import ClipCaption, read_captions, read_text_caption


@pytest.fixture
def folder(tmp_path):
    for name in ("a.mp4", "b.mp4"):
        (tmp_path / name).write_bytes(b"clip")
    return tmp_path


def write_lines(folder, *lines):
    (folder / "captions.jsonl").write_text("\n".join(lines), encoding="utf-8")


def test_lines_give_captions_by_file(folder):
    write_lines(
        folder,
        json.dumps({"file": "a.mp4", "caption": "pan left", "second_captions": ["pan left", "now it stops"]}),
        "",
        json.dumps({"file": "b.mp4", "caption": "变焦"}),
    )

    assert read_captions(folder) == {
        "a.mp4": ClipCaption(caption="pan left", second_captions=("pan left", "now it stops")),
        "b.mp4": ClipCaption(caption="变焦"),
    }


def test_no_file_is_no_captions(folder):
    assert read_captions(folder) == {}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{oops", "must be a JSON object, got Expecting property name"),
        ('["a.mp4"]', 'must be a JSON object with "file" and "caption", got list'),
        ('{"file": "a.mp4"}', '"caption" must be a text, got None'),
        ('{"file": "a.mp4", "caption": "  "}', "\"caption\" must be a text, got '  '"),
        ('{"caption": "x"}', '"file" must be a text, got None'),
        ('{"file": "a.mp4", "text": "x"}', "got ['text']; mend the spelling"),
        ('{"file": "c.mp4", "caption": "x"}', "there is no file 'c.mp4'"),
        ('{"file": "a.mp4", "caption": "x", "second_captions": "y"}', '"second_captions" must be a list of texts'),
        ('{"file": "b.mp4", "caption": "x"}', "'b.mp4' already has a caption above"),
    ],
)
def test_a_wrong_line_is_named_with_its_number(folder, line, message):
    write_lines(folder, json.dumps({"file": "b.mp4", "caption": "fine"}), "", line)

    with pytest.raises(RequestError, match=re.escape(message)) as caught:
        read_captions(folder)
    assert f"{folder / 'captions.jsonl'}, line 3: " in str(caught.value)


def test_text_that_is_not_utf_8_is_named_with_its_line(folder):
    (folder / "captions.jsonl").write_bytes(
        b'{"file": "a.mp4", "caption": "x"}\n{"file": "b.mp4", "caption": "\xff"}\n'
    )

    with pytest.raises(RequestError, match="line 2: must be UTF-8 text, got the byte 0xff"):
        read_captions(folder)


def test_a_text_file_is_one_caption(folder):
    (folder / "a.txt").write_text("\ufeffa slow\n zoom in \n", encoding="utf-8")

    assert read_text_caption(folder / "a.txt") == ClipCaption(caption="a slow zoom in")


def test_an_empty_text_file_is_refused(folder):
    (folder / "a.txt").write_text(" \n")

    with pytest.raises(RequestError, match=r"a\.txt, line 1: must hold the clip's caption"):
        read_text_caption(folder / "a.txt")
