"""The evaluate command: what a model can do, measured on photos it has never seen, printed and written as JSON."""

import argparse
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from generation.artifacts import atomic_write
from generation.cli.experiments import EXPERIMENTS
from generation.cli.judged import Judged
from generation.cli.parsing import CommandParser, add_help, whole_number_in
from generation.cli.sections import SECTIONS
from generation.config import MAX_THREADS, ExecutionConfig
from generation.contract.requests import MAX_SECONDS
from generation.evaluation.clips import find_photos
from generation.evaluation.settings import sampling_of
from generation.pipeline.loading import load_starter
from generation.presets import find_preset
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
_ALL_SECTIONS = {**SECTIONS, **EXPERIMENTS}


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
    judged = Judged(pipeline=pipeline, photos=photos, arguments=arguments, console=console)
    results: dict[str, Any] = {"weights": pipeline.fingerprint, "sampling": asdict(pipeline.sampling)}
    for name in arguments.sections:
        results[name] = dict(_ALL_SECTIONS[name](judged))
        console.print(f"{name}: {_figures(results[name])}", markup=False, soft_wrap=True)
        if arguments.out is not None:
            atomic_write(arguments.out, (json.dumps(results, indent=1) + "\n").encode())
    return 0


def _build_parser() -> argparse.ArgumentParser:
    parser = CommandParser(prog=_PROGRAM, usage=f"{_PROGRAM} PHOTOS ...", description=_DESCRIPTION)
    group = parser.add_argument_group("what is measured")
    group.add_argument("photos", type=Path, metavar="PHOTOS", help="a folder of pictures")
    group.add_argument("--model", type=Path, metavar="FOLDER", help="an exported model (the starter that ships)")
    group.add_argument(
        "--sections", nargs="+", choices=_ALL_SECTIONS, default=list(SECTIONS), metavar="NAME", help="(the first ten)"
    )
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


def _figures(result: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in result.items() if isinstance(value, (int, float)))
