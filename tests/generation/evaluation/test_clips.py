"""Clips for judging come out of the pipeline that serves people."""

import numpy as np
import pytest

from generation.errors import RequestError
from generation.evaluation.clips import find_photos, make_clip, request_for, seconds_of
from tests.support.pipelines import all_frames, tiny_pipeline, write_picture


def test_photos_keep_their_shape_in_whole_tokens(tmp_path):
    write_picture(tmp_path / "b.png", size=(120, 60))
    write_picture(tmp_path / "a.jpg", size=(64, 64))
    (tmp_path / "notes.txt").write_text("no picture")

    first, second = find_photos(tmp_path, pixels=64 * 64, multiple=16)

    assert (first.path.name, first.width, first.height) == ("a.jpg", 64, 64)
    assert (second.path.name, second.width, second.height) == ("b.png", 96, 48)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(RequestError, match="must hold pictures"):
        find_photos(tmp_path, pixels=4096, multiple=16)


def test_clips_are_what_the_pipeline_makes(tmp_path):
    pipeline = tiny_pipeline(tmp_path / "cache")
    write_picture(tmp_path / "photo.png", size=(24, 16))
    (photo,) = find_photos(tmp_path, pixels=24 * 16, multiple=pipeline.size_multiple)
    request = request_for(photo, ("pan left",), seconds=2, seed=3)

    frames = make_clip(pipeline, request)

    assert frames.shape == (48, 16, 24, 3)
    assert np.array_equal(frames, all_frames(pipeline.generate(request)).numpy())
    assert len(list(seconds_of(pipeline, request))) == 2
