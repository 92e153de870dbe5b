"""What sections of the evaluate command share."""

import argparse
from pathlib import Path

import pytest
from rich.console import Console

from generation.cli.judged import LASTING, Judged, lasting_requests
from generation.evaluation.clips import find_photos
from tests.support.pipelines import write_picture


def judged(samples: Path | None) -> Judged:
    return Judged(pipeline=None, photos=(), arguments=argparse.Namespace(samples=samples), console=Console())


def test_a_plot_is_drawn_where_samples_are_wanted_alone(tmp_path):
    judged(None).write_plot("a.png", lambda: pytest.fail("nobody wants it"))
    judged(tmp_path).write_plot("a.png", lambda: b"drawn")

    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.png", b"drawn")]


def test_photos_are_told_the_moves_in_turn(tmp_path):
    for number in range(5):
        write_picture(tmp_path / f"{number}.png")
    photos = find_photos(tmp_path, pixels=4096, multiple=16)

    requests = lasting_requests(photos, seconds=3)

    assert [request.prompts for request in requests] == [(move,) for move in (*LASTING, next(iter(LASTING)))]
    assert {request.seconds for request in requests} == {3}


def test_lines_are_shown_as_they_are(capsys):
    judged(None).tell("[bold] is a word")

    assert capsys.readouterr().out == "  [bold] is a word\n"
