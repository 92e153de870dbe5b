"""The flags of ``python -m generation``: MAGI's own, and ours."""

import argparse
from pathlib import Path

from generation.cli.controls import CONTROLS, DEFAULT_CONTROLS, NONE, parse_controls
from generation.cli.parsing import CommandParser, add_help, whole_number
from generation.config import ChunkPolicy
from generation.contract.requests import MAX_SECONDS, ClipEnd, Fit
from generation.presets import PRESETS
from generation.weights.catalog import CHECKPOINTS

PROGRAM = "python -m generation"
DEFAULT_PRESET = "starter"

USAGE = """\
python -m generation --prompt TEXT --output_path FILE.mp4 [more flags]
       python -m generation --resume FILE.mp4
       python -m generation COMMAND --help"""

DESCRIPTION = """\
Makes a clip from words, from a picture, or on from another clip, second by
second. It plays while it grows (FILE.mp4.making/growing.mp4); Ctrl-C keeps
what is finished, and --resume goes on to the same bytes.

Defaults stand in parentheses."""

EXAMPLES = """\
examples:
  from a picture, with the model starter:
    python -m generation --image_path cat.jpg --prompt "slow zoom in" \\
        --output_path cat.mp4
  from a picture, told something new every second:
    python -m generation --preset magi_4_5b_base --image_path cat.jpg \\
        --prompt "a cat looks up" --prompt "it jumps" --output_path cat.mp4
  on from the end of a clip:
    python -m generation --preset magi_4_5b_base --prefix_video_path cat.mp4 \\
        --prompt "the cat runs away" --seconds 4 --output_path more.mp4
  with one of MAGI's configuration files, as its own command line has it:
    python -m generation --config_file 4.5B_base_config.json --mode t2v \\
        --prompt "waves roll in" --output_path waves.mp4

other commands:
  download           fetch released weights; goes on where it was interrupted
  convert            turn PyTorch's .bin weights into safetensors
  verify-reference   compare with golden data of the released code
  benchmark          speed and memory on this machine
  train              a small model from nothing, stopped and resumed at will
  evaluate           what a small model can do, measured on photos"""


def build_parser() -> argparse.ArgumentParser:
    """The parser of the generate command.

    Raises:
        RequestError: When it parses flags that are wrong.
    """
    parser = CommandParser(prog=PROGRAM, usage=USAGE, description=DESCRIPTION, epilog=_epilog())
    _add_story(parser)
    _add_start(parser)
    _add_result(parser)
    _add_model(parser)
    _add_machine(parser)
    return parser


def _epilog() -> str:
    """Models and controls, a line each, and examples."""
    lines = ["models:", f"  {'starter':24}  ships with this: the camera moves over a picture"]
    lines += [f"  {'tiny':24}  random weights: shows noise, in seconds, on any CPU"]
    lines += [
        f"  {name:24}  {checkpoint.num_bytes / 1e9:.0f} GB; {PRESETS[name].requirements.recommended}"
        for name, checkpoint in CHECKPOINTS.items()
    ]
    lines += ["", "controls:", *(f"  {name:24}  {words}" for name, (_, words) in CONTROLS.items())]
    lines += [f"  {NONE:24}  no hints at all", "", EXAMPLES]
    return "\n".join(lines)


def _add_story(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what happens")
    group.add_argument("--prompt", action="append", metavar="TEXT", help="once for the whole clip, or once per second")
    group.add_argument(
        "--seconds",
        type=whole_number,
        metavar="N",
        help=f"1 to {MAX_SECONDS} (one per prompt, else the model's)",
    )
    group.add_argument("--seed", type=whole_number, metavar="N", help="same seed, same clip (1234)")
    group.add_argument(
        "--controls",
        type=parse_controls,
        metavar="LIST",
        help=f"learned hints of the list below, with commas ({DEFAULT_CONTROLS})",
    )


def _add_start(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what it starts from")
    group.add_argument(
        "--mode",
        choices=("t2v", "i2v", "v2v"),
        metavar="t2v|i2v|v2v",
        help="words, picture or clip (by what is given)",
    )
    group.add_argument("--image_path", metavar="FILE", help="a picture of any common kind")
    group.add_argument("--prefix_video_path", metavar="FILE", help="a clip of any common kind")
    group.add_argument("--prefix_seconds", type=whole_number, metavar="N", help="how much of the clip is seen (2)")
    group.add_argument(
        "--prefix_end",
        choices=[end.value for end in ClipEnd],
        metavar="last|first",
        help="go on from its end or its beginning (last)",
    )
    group.add_argument(
        "--fit",
        choices=[fit.value for fit in Fit],
        metavar="crop|pad|stretch",
        help="what to do with another shape (crop; stretch with --policy reference)",
    )


def _add_result(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what comes out")
    group.add_argument(
        "--output_path",
        type=Path,
        metavar="FILE",
        help="the finished .mp4, in place of one of that name",
    )
    group.add_argument("--width", type=whole_number, metavar="PX", help="(the model's size, in the picture's shape)")
    group.add_argument("--height", type=whole_number, metavar="PX", help="both or neither")
    group.add_argument("--resume", type=Path, metavar="FILE", help="go on with the unfinished clip of that name")
    group.add_argument("--force", action="store_true", help="begin anew where an unfinished clip waits")


def _add_model(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("with which model")
    source = group.add_mutually_exclusive_group()
    source.add_argument("--preset", metavar="NAME", help=f"one of the models below ({DEFAULT_PRESET})")
    source.add_argument("--config_file", type=Path, metavar="FILE", help="or one of MAGI's JSON files, unchanged")
    group.add_argument("--weights", type=Path, metavar="DIR", help="where weights lie (downloads)")
    group.add_argument(
        "--control_tokens",
        type=Path,
        metavar="FILE",
        help="what --controls stand for (special_tokens.npz beside the weights)",
    )
    group.add_argument("--steps", type=whole_number, metavar="N", help="denoising steps per second (the model's)")
    group.add_argument("--window", type=whole_number, metavar="N", help="seconds denoised together; 1 saves memory (4)")
    group.add_argument(
        "--policy",
        choices=[policy.value for policy in ChunkPolicy],
        metavar="seamless|reference",
        help="n seconds are 24 n frames without seams, or counts and seams as released "
        "(seamless; reference with --config_file)",
    )


def _add_machine(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("on which machine")
    group.add_argument("--device", metavar="NAME", help="cpu, cuda, cuda:N or mps (cuda if there is one)")
    group.add_argument(
        "--dtype",
        choices=("float32", "bfloat16", "float16"),
        metavar="NAME",
        help="float32, bfloat16 or float16 (the model's; on a CPU float32)",
    )
    group.add_argument(
        "--fp8",
        action="store_true",
        default=None,
        help="round the inner layers' weights to 8 bits once they are loaded: half the memory, products 4 %% off",
    )
    group.add_argument("--threads", type=whole_number, metavar="N", help="CPU threads (the library's choice)")
    group.add_argument("--quiet", action="store_true", help="no progress bar")
    group.add_argument("--verbose", action="store_true", help="a log line per chunk, and tracebacks")
    add_help(group)
