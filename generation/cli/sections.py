"""Sections of the evaluate command that judge one model as it is served."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from statistics import mean
from typing import Any

import torch

from generation.cli.judged import ENCODER_SIDE, LASTING, Judged, Section, lasting_requests
from generation.evaluation.animations import write_animation
from generation.evaluation.clips import make_clip, request_for
from generation.evaluation.continuity import draw_drift, measure_continuity
from generation.evaluation.distance import distance_to_truth
from generation.evaluation.obedience import (
    WORDINGS,
    WORDS,
    WordTrial,
    share_obeyed,
    try_speeds,
    try_turns,
    try_words,
    zoom_share,
)
from generation.evaluation.pace import measure_pace
from generation.evaluation.scenes import Beginning, VerbTrial, share_of_verbs, try_verbs
from generation.evaluation.stills import measure_stills
from generation.evaluation.true_drift import true_drift
from generation.training.clip_preparation import motion_corpus
from generation.training.corpus.families import VERBS
from generation.training.recipe import ClipKind
from generation.training.recipes import STARTER

# Clips that are painted, for what drifts of itself.
_TRUE_SIDE, _TRUE_CLIPS = 64, 16
_SHOWN = ("slow zoom in", "pan left", "tilt up")


def _stills(judged: Judged) -> Mapping[str, Any]:
    stills = [measure_stills(judged.pipeline, photo) for photo in judged.photos]
    return {
        "reconstruction_psnr": mean(still.reconstruction for still in stills),
        "reconstruction_from_half_psnr": mean(still.reconstruction_from_half for still in stills),
        "photo_from_half_psnr": mean(still.photo_from_half for still in stills),
        "first_frame_psnr": mean(still.first_frame for still in stills),
        "photos": [asdict(still) for still in stills],
    }


def _words(judged: Judged) -> Mapping[str, Any]:
    trials = try_words(judged.pipeline, judged.photos, range(judged.arguments.seeds), on_trial=_shown_on(judged))
    return {
        **_shares_obeyed(trials, {words.replace(" ", "_"): words for words in WORDS}),
        "outward_share_of_slow_zoom": zoom_share(judged.pipeline, judged.photos[0], seconds=3, seed=1234),
        "trials": _with_moves(trials),
    }


def _wordings(judged: Judged) -> Mapping[str, Any]:
    seeds = range(judged.arguments.seeds)
    trials = try_words(judged.pipeline, judged.photos, seeds, words_of=WORDINGS, on_trial=_shown_on(judged))
    return {**_shares_obeyed(trials, {words: words for words in WORDINGS}), "trials": _with_moves(trials)}


def _shares_obeyed(trials: tuple[WordTrial, ...], names: Mapping[str, str]) -> dict[str, float]:
    return {"obeyed": share_obeyed(trials), **{name: share_obeyed(trials, words) for name, words in names.items()}}


def _with_moves(trials: tuple[WordTrial, ...]) -> list[dict[str, Any]]:
    return [{**asdict(trial), "got": trial.motion.move.value} for trial in trials]


def _shown_on(judged: Judged) -> Callable[[WordTrial], None]:
    def show(trial: WordTrial) -> None:
        mark = "yes" if trial.is_obeyed else f"no: {trial.motion.move.value}"
        judged.tell(f"{trial.photo} {trial.words} {trial.seed}: {mark}")

    return show


def _turns(judged: Judged) -> Mapping[str, Any]:
    trials = try_turns(judged.pipeline, judged.photos, seed=0)
    return {
        "second_second_obeyed": mean(trial.is_obeyed for trial in trials),
        "first_second_unchanged": mean(trial.is_beginning_kept for trial in trials),
        "trials": [asdict(trial) for trial in trials],
    }


def _verbs(judged: Judged) -> Mapping[str, Any]:

    def show(trial: VerbTrial) -> None:
        mark = "yes" if trial.got is trial.wanted else f"no: {trial.got.value}"
        line = f"scene {trial.scene} from a {trial.beginning.value}, {trial.wanted.value}: {mark}"
        judged.tell(line)

    corpus = motion_corpus(STARTER, height=ENCODER_SIDE, width=ENCODER_SIDE, seconds=1, kind=ClipKind.SCENES)
    trials = try_verbs(judged.pipeline, corpus, scenes=judged.arguments.scenes, on_trial=show)
    return {
        "from_a_picture": share_of_verbs(trials, Beginning.PICTURE),
        "after_a_second": share_of_verbs(trials, Beginning.SECOND),
        "guess": 1 / len(VERBS),
        "trials": [asdict(trial) for trial in trials],
    }


def _speeds(judged: Judged) -> Mapping[str, Any]:
    trials = try_speeds(judged.pipeline, judged.photos[:4], ("pan left", "tilt up", "zoom in", "zoom out"), seed=0)
    middle = [mean(trial.strengths[place] for trial in trials) for place in range(3)]
    return {
        "ordered": sum(trial.is_ordered for trial in trials) / len(trials),
        "slow": middle[0],
        "unsaid": middle[1],
        "fast": middle[2],
        "trials": [asdict(trial) for trial in trials],
    }


def _continuity(judged: Judged) -> Mapping[str, Any]:
    seconds, photos = judged.arguments.seconds, judged.photos[: len(LASTING)]
    clips = [
        (photo, request.prompts[0], measure_continuity(make_clip(judged.pipeline, request)))
        for photo, request in zip(photos, lasting_requests(photos, seconds=seconds), strict=True)
    ]
    judged.write_plot("drift.png", lambda: draw_drift([(prompt, found) for _, prompt, found in clips]))
    corpus = motion_corpus(STARTER, height=_TRUE_SIDE, width=_TRUE_SIDE, seconds=seconds)
    truths = true_drift(corpus, tuple(LASTING.values())[: len(clips)], seconds=seconds, clips=_TRUE_CLIPS)
    return {
        "jump_ratio": mean(found.jump_ratio for _, _, found in clips),
        "jump_ratio_of_groups": mean(found.jump_ratio_of_groups for _, _, found in clips),
        "stutter": mean(found.stutter for _, _, found in clips),
        "colour_drift": mean(found.colour_drift for _, _, found in clips),
        "energy_drift": mean(found.energy_drift for _, _, found in clips),
        "true_colour_drift": mean(truth.colour for truth in truths),
        "true_energy_drift": mean(truth.energy for truth in truths),
        "truths": [asdict(truth) for truth in truths],
        "clips": [{"photo": photo.path.name, "prompt": prompt, **asdict(found)} for photo, prompt, found in clips],
    }


def _distance(judged: Judged) -> Mapping[str, Any]:
    corpus = motion_corpus(STARTER, height=ENCODER_SIDE, width=ENCODER_SIDE, seconds=1)
    distances = distance_to_truth(judged.pipeline, corpus, clips=judged.arguments.clips)
    return {
        "distance": mean(clip.distance for clip in distances),
        "spread": mean(clip.spread for clip in distances),
        "energy_score": mean(clip.score for clip in distances),
        "clips": [asdict(clip) for clip in distances],
    }


def _pace(judged: Judged) -> Mapping[str, Any]:
    make_clip(judged.pipeline, request_for(judged.photos[0], ("static shot",), seconds=1, seed=0))
    pace = measure_pace(judged.pipeline, request_for(judged.photos[0], ("slow zoom in",), seconds=4, seed=0))
    return {**asdict(pace), "torch": torch.__version__}


def _samples(judged: Judged) -> Mapping[str, Any]:
    if judged.arguments.samples is None:
        return {}
    written = []
    for photo in judged.photos:
        for words in _SHOWN:
            path = judged.arguments.samples / f"{photo.path.stem}_{words.replace(' ', '_')}.webp"
            write_animation(path, make_clip(judged.pipeline, request_for(photo, (words,), seconds=3, seed=1234)))
            judged.tell(str(path))
            written.append(path.name)
    return {"written": written}


SECTIONS: Mapping[str, Section] = {
    "stills": _stills,
    "words": _words,
    "wordings": _wordings,
    "turns": _turns,
    "speeds": _speeds,
    "verbs": _verbs,
    "continuity": _continuity,
    "distance": _distance,
    "pace": _pace,
    "samples": _samples,
}
