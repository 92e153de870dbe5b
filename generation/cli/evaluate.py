"""The evaluate command: what a model can do, measured on photos it has never seen, printed and written as JSON."""

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from statistics import mean
from typing import Any

import torch
from rich.console import Console

from generation.artifacts import atomic_write
from generation.cli.experiments import ENCODER_SIDE, EXPERIMENTS, LASTING
from generation.cli.parsing import CommandParser, add_help, whole_number_in
from generation.config import MAX_THREADS, ExecutionConfig
from generation.contract.requests import MAX_SECONDS
from generation.evaluation.animations import write_animation
from generation.evaluation.clips import Photo, find_photos, make_clip, request_for
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
from generation.evaluation.settings import sampling_of
from generation.evaluation.stills import measure_stills
from generation.evaluation.true_drift import true_drift
from generation.pipeline.loading import load_starter
from generation.pipeline.pipeline import VideoPipeline
from generation.presets import find_preset
from generation.training.clip_preparation import motion_corpus
from generation.training.corpus.families import VERBS
from generation.training.recipe import ClipKind
from generation.training.recipes import STARTER
from generation.weights.starter_folder import shipped_folder

# Of a clip.
PIXELS = 256 * 256
_PROGRAM = "python -m generation evaluate"
_DESCRIPTION = """\
Measures a small model on photos that it was never trained on. Needs OpenCV for
what moves (pip install opencv-python-headless).

  stills      how much of a picture the autoencoder keeps, and the first frame
  words       camera moves that do as told, judged by feature tracks
  wordings    the same moves said otherwise
  turns       seconds of a clip with words of their own
  speeds      slow, unsaid and fast in this order
  verbs       things in procedural scenes that do as told
  continuity  jumps between seconds, colour and sharpness over ten of them
  distance    seconds from unseen procedural clips against what really happened
  pace        seconds per second of video, and memory
  samples     small animations, with --samples DIR

Claims of the paper in small, made only when named, for they take minutes each:

  guidance    how strongly the past counts: jumps, saturation, motion
  spans       how many seconds a second sees, on unseen procedural clips
  prefixes    going on from a second, or from its last frame alone
  minute      drift over takes that continue each other for a minute
  memory      peak memory of clips of one second to a minute"""
# Clips that are painted, for what drifts of itself.
_TRUE_SIDE, _TRUE_CLIPS = 64, 16
_SHOWN = ("slow zoom in", "pan left", "tilt up")
_Section = Callable[[VideoPipeline, tuple[Photo, ...], argparse.Namespace, Console], Mapping[str, Any]]


def run_evaluate(argv: list[str], *, cache: Path, console: Console) -> int:
    """Measure what the flags ask for.

    Args:
        argv: Without the command's name.
        cache: Where embeddings are kept between runs.
        console: Where people read.

    Returns:
        0.

    Raises:
        GenerationError: Whatever is wrong, in words for people.
    """
    arguments = _build_parser().parse_args(argv)
    preset = find_preset(STARTER.name)
    folder = arguments.model or shipped_folder(preset.name)
    pipeline = load_starter(
        folder,
        cache=cache,
        sampling=sampling_of(
            preset.sampling,
            folder=folder,
            steps=arguments.steps,
            window=arguments.window,
            text=arguments.text_guidance,
            context=arguments.context_guidance,
        ),
        execution=ExecutionConfig(threads=arguments.threads),
    )
    photos = find_photos(arguments.photos, pixels=PIXELS, multiple=pipeline.size_multiple)
    photos = photos[: arguments.most_photos or None]
    results: dict[str, Any] = {"weights": pipeline.fingerprint, "sampling": asdict(pipeline.sampling)}
    for name in arguments.sections:
        results[name] = dict(_ALL_SECTIONS[name](pipeline, photos, arguments, console))
        console.print(f"{name}: {_figures(results[name])}", markup=False, soft_wrap=True)
        if arguments.out is not None:
            atomic_write(arguments.out, (json.dumps(results, indent=1) + "\n").encode())
    return 0


def _build_parser() -> argparse.ArgumentParser:
    parser = CommandParser(prog=_PROGRAM, usage=f"{_PROGRAM} PHOTOS ...", description=_DESCRIPTION)
    group = parser.add_argument_group("what is measured")
    group.add_argument("photos", type=Path, metavar="PHOTOS", help="a folder of pictures")
    group.add_argument("--model", type=Path, metavar="FOLDER", help="an exported model (the starter that ships)")
    group.add_argument("--sections", nargs="+", choices=_ALL_SECTIONS, default=list(_SECTIONS), help="(the first ten)")
    group.add_argument("--seeds", type=whole_number_in(1), default=1, metavar="N", help="words: seeds per photo (1)")
    group.add_argument(
        "--seconds", type=whole_number_in(2, MAX_SECONDS), default=10, metavar="N", help="length where clips last (10)"
    )
    group.add_argument("--clips", type=whole_number_in(1), default=32, metavar="N", help="painted ones: how many (32)")
    group.add_argument(
        "--most_photos", type=whole_number_in(0), default=0, metavar="N", help="the first few only (all)"
    )
    group.add_argument("--scenes", type=whole_number_in(1), default=8, metavar="N", help="verbs: how many (8)")
    group.add_argument("--out", type=Path, metavar="FILE.json", help="where figures are written")
    group.add_argument("--samples", type=Path, metavar="DIR", help="where animations and plots are written")
    how = parser.add_argument_group("how clips are made")
    how.add_argument("--steps", type=whole_number_in(1), metavar="N", help="(the preset's)")
    how.add_argument("--window", type=whole_number_in(1), metavar="N", help="seconds denoised together (the preset's)")
    how.add_argument("--text_guidance", type=float, metavar="W", help="base models: how strongly words count")
    how.add_argument("--context_guidance", type=float, metavar="W", help="base models: how strongly the past counts")
    how.add_argument(
        "--threads", type=whole_number_in(0, MAX_THREADS), default=0, metavar="N", help="CPU threads (the library's)"
    )
    how.add_argument("--verbose", action="store_true", help="tracebacks")
    add_help(how)
    return parser


def _stills(
    pipeline: VideoPipeline, photos: tuple[Photo, ...], arguments: argparse.Namespace, console: Console
) -> Mapping[str, Any]:
    del arguments, console
    stills = [measure_stills(pipeline, photo) for photo in photos]
    return {
        "reconstruction_psnr": mean(still.reconstruction for still in stills),
        "first_frame_psnr": mean(still.first_frame for still in stills),
        "photos": [asdict(still) for still in stills],
    }


def _words(
    pipeline: VideoPipeline, photos: tuple[Photo, ...], arguments: argparse.Namespace, console: Console
) -> Mapping[str, Any]:
    trials = try_words(pipeline, photos, range(arguments.seeds), on_trial=_shown_on(console))
    return {
        "obeyed": share_obeyed(trials),
        **{words.replace(" ", "_"): share_obeyed(trials, words) for words in WORDS},
        "outward_share_of_slow_zoom": zoom_share(pipeline, photos[0], seconds=3, seed=1234),
        "trials": [{**asdict(trial), "got": trial.motion.move.value} for trial in trials],
    }


def _wordings(
    pipeline: VideoPipeline, photos: tuple[Photo, ...], arguments: argparse.Namespace, console: Console
) -> Mapping[str, Any]:
    trials = try_words(pipeline, photos, range(arguments.seeds), words_of=WORDINGS, on_trial=_shown_on(console))
    return {
        "obeyed": share_obeyed(trials),
        **{words: share_obeyed(trials, words) for words in WORDINGS},
        "trials": [{**asdict(trial), "got": trial.motion.move.value} for trial in trials],
    }


def _shown_on(console: Console) -> Callable[[WordTrial], None]:
    def show(trial: WordTrial) -> None:
        mark = "yes" if trial.is_obeyed else f"no: {trial.motion.move.value}"
        console.print(f"  {trial.photo} {trial.words} {trial.seed}: {mark}", markup=False, soft_wrap=True)

    return show


def _turns(
    pipeline: VideoPipeline, photos: tuple[Photo, ...], arguments: argparse.Namespace, console: Console
) -> Mapping[str, Any]:
    del arguments, console
    trials = try_turns(pipeline, photos, seed=0)
    return {
        "second_second_obeyed": mean(trial.is_obeyed for trial in trials),
        "first_second_unchanged": mean(trial.is_beginning_kept for trial in trials),
        "trials": [asdict(trial) for trial in trials],
    }


def _verbs(
    pipeline: VideoPipeline, photos: tuple[Photo, ...], arguments: argparse.Namespace, console: Console
) -> Mapping[str, Any]:
    del photos

    def show(trial: VerbTrial) -> None:
        mark = "yes" if trial.got is trial.wanted else f"no: {trial.got.value}"
        line = f"  scene {trial.scene} from a {trial.beginning.value}, {trial.wanted.value}: {mark}"
        console.print(line, markup=False, soft_wrap=True)

    corpus = motion_corpus(STARTER, height=ENCODER_SIDE, width=ENCODER_SIDE, seconds=1, kind=ClipKind.SCENES)
    trials = try_verbs(pipeline, corpus, scenes=arguments.scenes, on_trial=show)
    return {
        "from_a_picture": share_of_verbs(trials, Beginning.PICTURE),
        "after_a_second": share_of_verbs(trials, Beginning.SECOND),
        "guess": 1 / len(VERBS),
        "trials": [asdict(trial) for trial in trials],
    }


def _speeds(
    pipeline: VideoPipeline, photos: tuple[Photo, ...], arguments: argparse.Namespace, console: Console
) -> Mapping[str, Any]:
    del arguments, console
    trials = try_speeds(pipeline, photos[:4], ("pan left", "tilt up", "zoom in", "zoom out"), seed=0)
    middle = [mean(trial.strengths[place] for trial in trials) for place in range(3)]
    return {
        "ordered": sum(trial.is_ordered for trial in trials) / len(trials),
        "slow": middle[0],
        "unsaid": middle[1],
        "fast": middle[2],
        "trials": [asdict(trial) for trial in trials],
    }


def _continuity(
    pipeline: VideoPipeline, photos: tuple[Photo, ...], arguments: argparse.Namespace, console: Console
) -> Mapping[str, Any]:
    del console
    clips = []
    for photo, prompt in zip(photos, LASTING, strict=False):
        request = request_for(photo, (prompt,), seconds=arguments.seconds, seed=0)
        clips.append((photo, request.prompts[0], measure_continuity(make_clip(pipeline, request))))
    if arguments.samples is not None:
        atomic_write(arguments.samples / "drift.png", draw_drift([(prompt, found) for _, prompt, found in clips]))
    corpus = motion_corpus(STARTER, height=_TRUE_SIDE, width=_TRUE_SIDE, seconds=arguments.seconds)
    truths = true_drift(corpus, tuple(LASTING.values())[: len(clips)], seconds=arguments.seconds, clips=_TRUE_CLIPS)
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


def _distance(
    pipeline: VideoPipeline, photos: tuple[Photo, ...], arguments: argparse.Namespace, console: Console
) -> Mapping[str, Any]:
    del photos, console
    corpus = motion_corpus(STARTER, height=ENCODER_SIDE, width=ENCODER_SIDE, seconds=1)
    distances = distance_to_truth(pipeline, corpus, clips=arguments.clips)
    return {
        "distance": mean(clip.distance for clip in distances),
        "spread": mean(clip.spread for clip in distances),
        "energy_score": mean(clip.score for clip in distances),
        "clips": [asdict(clip) for clip in distances],
    }


def _pace(
    pipeline: VideoPipeline, photos: tuple[Photo, ...], arguments: argparse.Namespace, console: Console
) -> Mapping[str, Any]:
    del console, arguments
    make_clip(pipeline, request_for(photos[0], ("static shot",), seconds=1, seed=0))
    pace = measure_pace(pipeline, request_for(photos[0], ("slow zoom in",), seconds=4, seed=0))
    return {**asdict(pace), "torch": torch.__version__}


def _samples(
    pipeline: VideoPipeline, photos: tuple[Photo, ...], arguments: argparse.Namespace, console: Console
) -> Mapping[str, Any]:
    if arguments.samples is None:
        return {}
    written = []
    for photo in photos:
        for words in _SHOWN:
            path = arguments.samples / f"{photo.path.stem}_{words.replace(' ', '_')}.webp"
            write_animation(path, make_clip(pipeline, request_for(photo, (words,), seconds=3, seed=1234)))
            console.print(f"  {path}", markup=False, soft_wrap=True)
            written.append(path.name)
    return {"written": written}


def _figures(result: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in result.items() if isinstance(value, (int, float)))


_SECTIONS: Mapping[str, _Section] = {
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
_ALL_SECTIONS: Mapping[str, _Section] = {**_SECTIONS, **EXPERIMENTS}
