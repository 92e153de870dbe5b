"""The clock beside a clip."""

import pytest
import torch

from generation.evaluation.clips import find_photos, request_for
from generation.evaluation.pace import matmul_rate, measure_pace
from tests.support.pipelines import tiny_pipeline, write_picture


def test_a_clip_is_timed(tmp_path):
    write_picture(tmp_path / "photo.png")
    (photo,) = find_photos(tmp_path, pixels=48 * 40, multiple=8)

    pace = measure_pace(tiny_pipeline(tmp_path / "cache"), request_for(photo, ("pan left",), seconds=3, seed=0))

    assert pace.first_second > 0
    assert pace.later_seconds > 0
    assert pace.peak_memory > 50e6
    assert pace.threads == torch.get_num_threads()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_rates_are_those_of_a_processor(dtype):
    assert 0.1 < matmul_rate(dtype) < 1e6
