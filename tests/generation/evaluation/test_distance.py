"""Distance to what really happened."""

from dataclasses import replace

import pytest
import torch

from generation.evaluation.distance import ClipDistance, distance_to_truth
from generation.training.corpus.config import CorpusConfig
from tests.support.pipelines import tiny_pipeline

CORPUS = CorpusConfig(height=16, width=16, canvas_size=64, pool_size=2, clips_per_canvas=16)


def test_it_is_repeatable_and_a_number_per_clip(tmp_path):
    pipeline = tiny_pipeline(tmp_path)

    first = distance_to_truth(pipeline, CORPUS, clips=2)

    assert len(first) == 2
    assert first == distance_to_truth(pipeline, CORPUS, clips=2)
    assert all(clip.distance > 0 and clip.spread > 0 for clip in first)


def test_a_model_of_noise_is_far_from_truth(tmp_path):
    pipeline = tiny_pipeline(tmp_path)
    with torch.no_grad():
        for parameter in pipeline.codec.vae.encoder.to_moments.parameters():
            parameter.zero_()
        for name, parameter in pipeline.dit.named_parameters():
            if name.startswith("to_velocity") or "final" in name:
                parameter.zero_()

    # Latents are zero, and a model that never moves keeps its noise: one deviation.
    (found,) = distance_to_truth(replace(pipeline, dit=pipeline.dit), CORPUS, clips=1)

    assert 0.5 < found.distance < 3
    # Two draws of unit noise are the root of two apart.
    assert found.spread == pytest.approx(2**0.5, rel=0.2)


def test_a_sure_guess_at_the_middle_is_nearer_and_scores_worse_than_honest_draws():
    # Truth and draws of unit noise, many numbers a clip: the middle is 1 from the truth, a draw the root of 2.
    middle = ClipDistance(distance=1.0, spread=0.0)
    honest = ClipDistance(distance=2**0.5, spread=2**0.5)

    assert middle.distance < honest.distance
    assert honest.score < middle.score
