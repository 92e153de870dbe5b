"""The benchmark command: one line per figure, each beside its limit and how busy the machine was."""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

import torch

from generation.cli.arguments import DEFAULT_PRESET, PROGRAM
from generation.cli.parsing import CommandParser, add_help, whole_number_in
from generation.config import MAX_THREADS
from generation.evaluation.benchmark import clip, forward, growth, passes, seams
from generation.evaluation.benchmark.figures import Figure, Verdict
from generation.evaluation.benchmark.machine import Machine, load_average
from generation.presets import PRESETS, find_preset

EVERYTHING = "all"
SECTIONS = ("forward", "growth", "passes", "seams", "clip")
MISSED = 1
NAME_WIDTH = 72

DESCRIPTION = """\
Speed and memory on this machine's CPU, wherever possible as shares of
something measured in the same minute.

  forward  one forward of the transformer, against plain matrix products
  growth   time and memory of late chunks of a long clip against early ones
  passes   guidance passes left out because their weight is zero: what that
           saves, and that nothing changes
  seams    how visible joints between windows and chunks are, released way
           against ours
  clip     seconds until a preset's first chunk, for each one after it, and
           what they go to

Ends with status 1 if a limit was missed. Whoever else uses the machine is
measured too: look at the load."""


def build_parser() -> argparse.ArgumentParser:
    """The parser of the command.

    Raises:
        RequestError: When it parses flags that are wrong.
    """
    program = f"{PROGRAM} benchmark"
    parser = CommandParser(prog=program, usage=f"{program} [SECTION] [more flags]", description=DESCRIPTION)
    group = parser.add_argument_group("what is measured, and how")
    group.add_argument(
        "section",
        nargs="?",
        default=EVERYTHING,
        choices=[*SECTIONS, EVERYTHING],
        metavar="SECTION",
        help=f"{', '.join(SECTIONS)} or {EVERYTHING} ({EVERYTHING})",
    )
    group.add_argument("--quick", action="store_true", help="small sizes, to see that it runs; judges nothing")
    group.add_argument(
        "--preset",
        choices=sorted(PRESETS),
        default=DEFAULT_PRESET,
        metavar="NAME",
        help=f"clip: the model ({DEFAULT_PRESET})",
    )
    group.add_argument(
        "--weights",
        type=Path,
        metavar="DIR",
        default=Path("downloads"),
        help="clip: where released weights lie (downloads)",
    )
    group.add_argument("--vae", type=Path, metavar="DIR", help="seams: an autoencoder (a random one)")
    group.add_argument(
        "--threads", type=whole_number_in(0, MAX_THREADS), default=0, metavar="N", help="CPU threads (the library's)"
    )
    group.add_argument("--verbose", action="store_true", help="tracebacks")
    add_help(group)
    return parser


def run_benchmark(argv: list[str]) -> int:
    """Measure what the flags ask for, and print it line by line.

    Args:
        argv: Without the program's and the command's name.

    Returns:
        The exit status: 1 if a limit was missed.

    Raises:
        RequestError: If the flags are wrong.
        WeightsError: If a preset or an autoencoder is asked for whose weights are missing.
    """
    arguments = build_parser().parse_args(argv)
    if arguments.threads > 0:
        torch.set_num_threads(arguments.threads)
    print(Machine.this_one())
    if arguments.quick:
        print("Quick: sizes are small, so figures are not judged.")
    print(_line("figure", "value", "limit", "verdict", "load"))
    sections = _sections(arguments)
    wanted = SECTIONS if arguments.section == EVERYTHING else (arguments.section,)
    verdicts = [_print_figure(figure, judged=not arguments.quick) for name in wanted for figure in sections[name]()]
    missed = verdicts.count(Verdict.MISSED)
    if not arguments.quick:
        print(f"{verdicts.count(Verdict.MET)} met, {missed} missed")
    return MISSED if missed else 0


def _sections(arguments: argparse.Namespace) -> dict[str, Callable[[], Iterator[Figure]]]:
    """What can be measured, by name, in the order in which it is."""
    quick: bool = arguments.quick
    return {
        "forward": lambda: forward.measure_forwards(forward.QUICK if quick else forward.FULL),
        "growth": lambda: growth.measure_growth(growth.QUICK if quick else growth.FULL),
        "passes": lambda: passes.measure_passes(passes.QUICK if quick else passes.FULL),
        "seams": lambda: seams.measure_seams(seams.QUICK if quick else seams.FULL, arguments.vae),
        "clip": lambda: clip.measure_clip(
            clip.QUICK if quick else clip.FULL, find_preset(arguments.preset), arguments.weights, arguments.threads
        ),
    }


def _print_figure(figure: Figure, *, judged: bool) -> Verdict:
    verdict = figure.verdict(judged=judged)
    shown = "" if verdict is Verdict.NOT_JUDGED else verdict.value
    print(_line(figure.name, figure.shown_value, figure.shown_limit, shown, f"{load_average():.2f}"), flush=True)
    return verdict


def _line(name: str, value: str, limit: str, verdict: str, load: str) -> str:
    return f"{name:<{NAME_WIDTH}} {value:>14}  {limit:>9}  {verdict:<7}  {load:>5}"
