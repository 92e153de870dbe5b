"""Sections of the evaluate command that vary one setting: claims of the paper in small."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import mean
from typing import Any

from generation.cli.judged import ENCODER_SIDE, Judged, Section, lasting_requests
from generation.contract.requests import FRAMES_PER_SECOND, MAX_SECONDS
from generation.evaluation.experiments.attention_span import SpanFigures, try_spans
from generation.evaluation.experiments.chained_takes import chained_takes
from generation.evaluation.experiments.context_guidance import GuidanceSetting, GuidanceTrial, try_guidance
from generation.evaluation.experiments.long_drift import LongClip, draw_long_drift, measure_seconds
from generation.evaluation.experiments.memory_growth import growth, measure_memory
from generation.evaluation.experiments.prefix_kinds import Prefix, PrefixTrial, try_prefixes
from generation.training.clip_preparation import motion_corpus
from generation.training.corpus.config import CorpusConfig
from generation.training.plots import Curve, draw_panels
from generation.training.recipes import STARTER

GUIDANCE = (
    *(GuidanceSetting(context=scale) for scale in (1.0, 1.25, 1.5, 2.0)),
    GuidanceSetting(context=1.5, to_the_end=True),
)
SPANS = (1, 2, 3, 5)
TRAINED_SPAN = STARTER.tasks.attention_span
MINUTE = 60
LENGTHS = (1, 2, 5, 10, MINUTE)


def _guidance(judged: Judged) -> Mapping[str, Any]:
    trials: list[GuidanceTrial] = []
    requests = lasting_requests(judged.photos, seconds=judged.arguments.seconds)
    for trial in try_guidance(judged.pipeline, requests, GUIDANCE):
        judged.tell(f"{trial.prompt}, guidance {trial.setting}: jump {trial.jump_ratio:.2f}")
        trials.append(trial)
    found = {setting: [trial for trial in trials if trial.setting == setting] for setting in GUIDANCE}
    means = {
        str(setting): {
            "jump_ratio": mean(trial.jump_ratio for trial in each),
            "saturation_growth": mean(trial.saturation_growth for trial in each),
            "later_motion": mean(trial.later_motion for trial in each),
        }
        for setting, each in found.items()
    }
    released = [setting for setting in GUIDANCE if not setting.to_the_end]
    panels = {
        name.replace("_", " ") + " by context guidance": [
            Curve(name=name, points=tuple((each.context, means[str(each)][name]) for each in released))
        ]
        for name in means[str(GUIDANCE[0])]
    }
    panels["saturation by second"] = [
        Curve(name=str(setting), points=_by_second([trial.saturations for trial in each]))
        for setting, each in found.items()
    ]
    judged.write_plot("guidance.png", lambda: draw_panels(panels))
    return {
        **{f"jump_at_{name.replace(' ', '_')}": found["jump_ratio"] for name, found in means.items()},
        "distilled": judged.pipeline.dit.config.distilled,
        "means": means,
        "trials": [asdict(trial) for trial in trials],
    }


def _spans(judged: Judged) -> Mapping[str, Any]:
    found = try_spans(judged.pipeline, _corpus(max(SPANS)), SPANS, clips=judged.arguments.clips)
    means = {str(span): _means_of_span(found, span) for span in SPANS}
    for span, each in means.items():
        judged.tell(f"span {span}: {_shown(each)}")
    panels = {
        f"{name.replace('_', ' ')} by span": [
            Curve(name=name, points=tuple((float(span), means[str(span)][name]) for span in SPANS))
        ]
        for name in ("distance", "jump")
    }
    judged.write_plot("spans.png", lambda: draw_panels(panels))
    return {
        **{f"distance_at_{span}": each["distance"] for span, each in means.items()},
        "still_distance": mean(each.still_distance for each in found.without_model),
        "true_jump": mean(each.true_jump for each in found.without_model),
        "means": means,
        **asdict(found),
    }


def _means_of_span(found: SpanFigures, span: int) -> Mapping[str, float]:
    trials = found.of(span)
    return {
        "distance": mean(trial.distance.distance for trial in trials),
        "energy_score": mean(trial.distance.score for trial in trials),
        "jump": mean(trial.jump for trial in trials),
        "nearer_than_trained_span": found.nearer(span, TRAINED_SPAN),
    }


def _prefixes(judged: Judged) -> Mapping[str, Any]:
    trials = try_prefixes(judged.pipeline, _corpus(2), clips=judged.arguments.clips)
    # Of clips that name a speed, told without it; and of all, told as they are.
    silent = tuple(trial for trial in trials if trial.prompt != trial.caption)
    told = tuple(trial for trial in trials if trial.prompt == trial.caption)
    same = tuple(trial for trial in told if trial.clip in {each.clip for each in silent})
    groups = {"told": told, "told_of_those_with_a_speed": same, "speed_unsaid": silent}
    means = {
        name: {
            prefix.value: _means_of_prefix([trial for trial in group if trial.prefix is prefix]) for prefix in Prefix
        }
        for name, group in groups.items()
        if group
    }
    for name, each in means.items():
        for prefix, figures in each.items():
            judged.tell(f"{name}, from a {prefix}: {_shown(figures)}")
    return {
        "distance_from_a_second": means["told"][Prefix.SECOND]["distance"],
        "distance_from_a_picture": means["told"][Prefix.PICTURE]["distance"],
        "nearer_from_a_second": _share_nearer(told),
        "nearer_from_a_second_speed_unsaid": _share_nearer(silent) if silent else None,
        "means": means,
        "trials": [asdict(trial) for trial in trials],
    }


def _means_of_prefix(trials: Sequence[PrefixTrial]) -> Mapping[str, float]:
    return {
        "clips": len(trials),
        "distance": mean(trial.distance.distance for trial in trials),
        "energy_score": mean(trial.distance.score for trial in trials),
        "pixels": mean(trial.pixels for trial in trials),
        "still_pixels": mean(trial.still_pixels for trial in trials),
        "decoded_pixels": mean(trial.decoded_pixels for trial in trials),
    }


def _share_nearer(trials: Sequence[PrefixTrial]) -> float:
    """Share of the clips whose pixels are nearer to what happened when gone on from a second."""
    pixels = {prefix: {each.clip: each.pixels for each in trials if each.prefix is prefix} for prefix in Prefix}
    return mean(level < pixels[Prefix.PICTURE][clip] for clip, level in pixels[Prefix.SECOND].items())


def _minute(judged: Judged) -> Mapping[str, Any]:
    length = min(judged.arguments.seconds, MAX_SECONDS)
    takes = max(1, MINUTE // MAX_SECONDS)
    clips = []
    for photo, request in zip(judged.photos, lasting_requests(judged.photos, seconds=length), strict=True):
        chunks = chained_takes(judged.pipeline, request, takes=takes)
        seconds = measure_seconds(chunk.frames.numpy() for chunk in chunks)
        clips.append(LongClip(photo=photo.path.name, prompt=request.prompts[0], seconds=seconds))
        judged.tell(f"{photo.path.name}, {request.prompts[0]}: done")
    last = takes * length
    between = [second for second in range(2, last + 1) if second % length == 1 % length]
    inside = [second for second in range(2, last + 1) if second not in between]
    ends = {str(end): _means_at(clips, end) for end in range(length, last + 1, length)}
    judged.write_plot("minute.png", lambda: draw_long_drift(clips))
    return {
        "colour_off": ends[str(last)]["colour_off"],
        "energy_off": ends[str(last)]["energy_off"],
        "jump_between_takes": mean(clip.jump(between) for clip in clips),
        "jump_inside_takes": mean(clip.jump(inside) for clip in clips),
        "ends_of_takes": ends,
        "clips": [
            {
                **asdict(clip),
                "colour_off": [clip.colour_off(second) for second in range(1, last + 1)],
                "energy_off": [clip.energy_off(second) for second in range(1, last + 1)],
            }
            for clip in clips
        ],
    }


def _means_at(clips: Sequence[LongClip], second: int) -> Mapping[str, float]:
    return {
        "colour_off": mean(clip.colour_off(second) for clip in clips),
        "energy_off": mean(abs(clip.energy_off(second)) for clip in clips),
    }


def _memory(judged: Judged) -> Mapping[str, Any]:
    found = []
    (request,) = lasting_requests(judged.photos[:1], seconds=1)
    for figures in measure_memory(judged.pipeline, request, LENGTHS):
        judged.tell(f"{figures.seconds} s: {figures.peak} bytes")
        found.append(figures)
    peaks = tuple((float(each.seconds), each.peak / 2**20) for each in found if each.peak is not None)
    if peaks:
        # A line to hold it against: frames alone, were they kept.
        second = judged.photos[0].width * judged.photos[0].height * 3 * FRAMES_PER_SECOND / 2**20
        kept = tuple((seconds, peaks[0][1] + (seconds - peaks[0][0]) * second) for seconds, _ in peaks)
        curves = [Curve(name="as it is", points=peaks), Curve(name="frames kept", points=kept)]
        panels = {"peak memory in MiB by seconds of video": curves}
        judged.write_plot("memory.png", lambda: draw_panels(panels))
    return {"bytes_per_second": growth(found), "lengths": [asdict(each) for each in found]}


def _corpus(seconds: int) -> CorpusConfig:
    return motion_corpus(STARTER, height=ENCODER_SIDE, width=ENCODER_SIDE, seconds=seconds)


def _by_second(clips: Sequence[Sequence[float]]) -> tuple[tuple[float, float], ...]:
    return tuple((float(second), mean(values)) for second, values in enumerate(zip(*clips, strict=True), start=1))


def _shown(figures: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in figures.items())


EXPERIMENTS: Mapping[str, Section] = {
    "guidance": _guidance,
    "spans": _spans,
    "prefixes": _prefixes,
    "minute": _minute,
    "memory": _memory,
}
