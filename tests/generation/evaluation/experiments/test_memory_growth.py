"""Peaks of memory by length."""

import pytest

from generation.errors import RequestError
from generation.evaluation.clips import find_photos, request_for
from generation.evaluation.experiments import memory_growth
from generation.evaluation.experiments.memory_growth import MemoryFigures, growth, measure_memory
from tests.support.pipelines import tiny_pipeline, write_picture


@pytest.fixture
def request_of_a_photo(tmp_path):
    write_picture(tmp_path / "photo.png")
    (photo,) = find_photos(tmp_path, pixels=48 * 40, multiple=8)
    return request_for(photo, ("pan left",), seconds=5, seed=0)


def test_lengths_are_made_as_takes_that_continue_each_other(tmp_path, request_of_a_photo, monkeypatch):
    made = []
    monkeypatch.setattr(memory_growth, "forget_peak", lambda: made.append("forget"))

    def count(pipeline, request, *, takes):
        made.append((request.seconds, takes))
        return iter(())

    monkeypatch.setattr(memory_growth, "chained_takes", count)

    figures = list(measure_memory(tiny_pipeline(tmp_path / "cache"), request_of_a_photo, (1, 10, 60)))

    # A whole take goes before; then every length has a peak of its own.
    assert made == [(10, 1), "forget", (1, 1), "forget", (10, 1), "forget", (10, 6)]
    assert [each.seconds for each in figures] == [1, 10, 60]


def test_the_peak_of_real_clips_is_that_of_a_process(tmp_path, request_of_a_photo):
    one, three = measure_memory(tiny_pipeline(tmp_path / "cache"), request_of_a_photo, (1, 3))

    assert one.peak is None or one.peak > 50e6
    assert (one.peak is None) == (three.peak is None)


def test_growth_is_the_slope_of_all_lengths():
    figures = [MemoryFigures(seconds=seconds, peak=1000 + 7 * seconds) for seconds in (1, 5, 60)]

    assert growth(figures) == pytest.approx(7)
    assert growth([MemoryFigures(seconds=1, peak=5)]) is None
    assert growth([MemoryFigures(seconds=1, peak=None), MemoryFigures(seconds=2, peak=None)]) is None


def test_a_length_beyond_a_take_is_whole_takes(tmp_path, request_of_a_photo):
    with pytest.raises(RequestError, match="whole takes of 10 s"):
        list(measure_memory(tiny_pipeline(tmp_path / "cache"), request_of_a_photo, (12,)))
