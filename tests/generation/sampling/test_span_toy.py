"""How far back a chunk needs to look, where the best prediction is known in closed form (method F.2, 4).

A point starts somewhere (deviation 2), moves with a velocity (0.3) that itself wanders (0.02 per latent frame), and is
seen through noise (0.3), six latent frames per chunk. The ninth chunk is predicted from the chunks that it may look at.
"""

import numpy as np
import pytest

from generation.config import SamplingConfig
from generation.sampling.visibility import key_range

FRAMES, CHUNK = 6, 8


def position_covariance(count):
    time = np.arange(count)
    wandering = 0.02 * np.maximum(time[:, None] - 1 - time[None, :], 0)
    return 4 + 0.09 * np.outer(time, time) + wandering @ wandering.T


def prediction_error(seen, *, noise=0.3):
    """Mean squared error of the best prediction of the chunk's positions."""
    covariance = position_covariance((CHUNK + 1) * FRAMES)
    target = np.arange(CHUNK * FRAMES, (CHUNK + 1) * FRAMES)
    known = covariance[np.ix_(seen, seen)] + noise**2 * np.eye(len(seen))
    across = covariance[np.ix_(target, seen)]
    left = covariance[np.ix_(target, target)] - across @ np.linalg.solve(known, across.T)
    return float(np.diag(left).mean())


def error_with_span(span):
    sampling = SamplingConfig(attention_span_by_stage=(span,))
    start, stop = key_range(sampling, chunk=CHUNK, schedule_index=0)
    # The range ends with the chunk itself, which is being predicted.
    return prediction_error(np.arange(start * FRAMES, (stop - 1) * FRAMES))


@pytest.mark.parametrize(("span", "error"), [(1, 251), (2, 0.167), (3, 0.109), (4, 0.103), (5, 0.103), (8, 0.103)])
def test_one_chunk_of_past_is_nearly_enough_and_three_are_all_that_helps(span, error):
    assert error_with_span(span) == pytest.approx(error, rel=0.01)


def test_clip_to_go_on_from_predicts_better_than_its_last_frame():
    last_frame = prediction_error(np.array([CHUNK * FRAMES - 1]))

    assert last_frame == pytest.approx(0.237, abs=0.002)
    assert error_with_span(2) < 0.75 * last_frame
