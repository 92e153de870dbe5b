"""How far back a second has to look: spans of attention against what really followed.

A clip's true seconds are given, one more is made with each span, twice. Claim: seeing nothing is far off, seeing one
second is the largest step, more is little (arXiv:2505.13211, figure 18).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from generation.errors import RequestError
from generation.evaluation.continuity import measure_continuity
from generation.evaluation.distance import ClipDistance, distance_of, root_mean_square
from generation.evaluation.experiments.true_clips import TrueClip, second_after, shown, true_clips
from generation.pipeline.pipeline import VideoPipeline
from generation.training.corpus.config import CorpusConfig


@dataclass(frozen=True, kw_only=True, slots=True)
class SpanTrial:
    """One clip continued with one span."""

    clip: int
    caption: str
    # In chunks, the made one included.
    span: int
    distance: ClipDistance
    # Change across the joint with the last true second against the frames beside it; mean of the draws.
    jump: float


@dataclass(frozen=True, kw_only=True, slots=True)
class WithoutModel:
    """The same figures of what needs no model."""

    clip: int
    # If the last latent frame stayed.
    still_distance: float
    # Of the second that really followed, through the decoder.
    true_jump: float


@dataclass(frozen=True, kw_only=True, slots=True)
class SpanFigures:
    """All clips and spans."""

    trials: tuple[SpanTrial, ...]
    without_model: tuple[WithoutModel, ...]

    def of(self, span: int) -> tuple[SpanTrial, ...]:
        """The trials of one span, clip by clip."""
        return tuple(trial for trial in self.trials if trial.span == span)

    def nearer(self, span: int, than: int) -> float:
        """Share of the clips that come nearer to what happened with one span than with another."""
        pairs = list(zip(self.of(span), self.of(than), strict=True))
        return sum(one.distance.distance < other.distance.distance for one, other in pairs) / len(pairs)


def try_spans(pipeline: VideoPipeline, corpus: CorpusConfig, spans: Sequence[int], *, clips: int) -> SpanFigures:
    """Continue clips with each span, with the same noise.

    Args:
        pipeline: To judge.
        corpus: Its length is the longest span's, in seconds: all but the last are given.
        spans: In chunks.
        clips: How many.

    Raises:
        RequestError: If a span is longer than the clips.
    """
    trials, without = [], []
    for number, clip in enumerate(true_clips(pipeline, corpus, clips=clips)):
        frames = pipeline.dit.config.chunk_latent_frames
        given, truth = clip.latents[:, :, :-frames], clip.latents[:, :, -frames:]
        if given.shape[2] < (max(spans) - 1) * frames:
            raise RequestError(
                f"a clip must be as long as the longest span, {max(spans)} seconds, got {clip.latents.shape[2]} "
                "latent frames"
            )
        still = given[:, :, -1:].expand_as(truth)
        without.append(
            WithoutModel(
                clip=number, still_distance=root_mean_square(still, truth), true_jump=_jump(pipeline, given, truth)
            )
        )
        for span in spans:
            varied = replace(pipeline, sampling=replace(pipeline.sampling, attention_span_by_stage=(span,)))
            trials.append(_trial(varied, clip, given, truth, number=number, clips=clips))
    return SpanFigures(trials=tuple(trials), without_model=tuple(without))


def _trial(
    pipeline: VideoPipeline, clip: TrueClip, given: Tensor, truth: Tensor, *, number: int, clips: int
) -> SpanTrial:
    draws = [second_after(pipeline, given, prompt=clip.caption, seed=number + draw * clips) for draw in range(2)]
    return SpanTrial(
        clip=number,
        caption=clip.caption,
        span=pipeline.sampling.attention_span_by_stage[0],
        distance=distance_of(draws, truth),
        jump=sum(_jump(pipeline, given, draw) for draw in draws) / len(draws),
    )


def _jump(pipeline: VideoPipeline, given: Tensor, second: Tensor) -> float:
    """Change across the joint of the last second that was given and another."""
    frames = pipeline.dit.config.chunk_latent_frames
    before, last = given[:, :, :-frames], given[:, :, -frames:]
    beginning = shown(pipeline, last, before=before if before.shape[2] else None)
    joined = torch.cat((beginning, shown(pipeline, second, before=last)))
    return measure_continuity(joined.numpy()).jump_ratio
