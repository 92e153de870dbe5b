"""Spans of attention, on clips whose going on is known."""

from dataclasses import replace

import pytest
import torch

from generation.errors import RequestError
from generation.evaluation.distance import ClipDistance
from generation.evaluation.experiments.attention_span import SpanFigures, SpanTrial, try_spans
from generation.evaluation.experiments.true_clips import second_after, true_clips
from generation.training.corpus.config import CorpusConfig
from tests.support.pipelines import tiny_pipeline

CORPUS = CorpusConfig(height=16, width=16, frames=72, canvas_size=64, pool_size=2, clips_per_canvas=16)


def trial(clip, span, distance):
    return SpanTrial(
        clip=clip, caption="pan left", span=span, distance=ClipDistance(distance=distance, spread=0.1), jump=1.0
    )


def test_every_clip_is_continued_with_every_span_and_the_same_noise(tmp_path):
    found = try_spans(tiny_pipeline(tmp_path), CORPUS, (1, 2, 3), clips=2)

    assert [(each.clip, each.span) for each in found.trials] == [(0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 3)]
    assert all(each.distance.distance > 0 and each.jump > 0 for each in found.trials)
    assert [each.clip for each in found.without_model] == [0, 1]
    # A span of 1 does not see what is given, one of 2 not the second before: what comes out differs.
    assert len({each.distance.distance for each in found.trials}) == 6


def test_a_span_of_one_knows_nothing_of_what_is_given(tmp_path):
    pipeline = tiny_pipeline(tmp_path, window_size=1)
    one, other = (clip.latents[:, :, :6] for clip in true_clips(pipeline, replace(CORPUS, frames=24), clips=2))

    def made(given, span):
        varied = replace(pipeline, sampling=replace(pipeline.sampling, attention_span_by_stage=(span,)))
        return second_after(varied, given, prompt="pan left", seed=0)

    assert torch.equal(made(one, 1), made(other, 1))
    assert not torch.equal(made(one, 2), made(other, 2))


def test_the_share_of_nearer_clips_is_counted_clip_by_clip():
    figures = SpanFigures(
        trials=(trial(0, 1, 0.9), trial(0, 2, 0.5), trial(1, 1, 0.4), trial(1, 2, 0.6), trial(2, 1, 0.7),
                trial(2, 2, 0.7)),
        without_model=(),
    )  # fmt: skip

    assert figures.nearer(2, 1) == pytest.approx(1 / 3)
    assert figures.nearer(1, 2) == pytest.approx(1 / 3)


def test_clips_must_be_as_long_as_the_longest_span(tmp_path):
    with pytest.raises(RequestError, match="as long as the longest span, 5 seconds"):
        try_spans(tiny_pipeline(tmp_path), CORPUS, (2, 5), clips=1)
