"""The flags of ``python -m generation``: MAGI's own, and ours."""

import argparse
from pathlib import Path

from generation.config import ChunkPolicy
from generation.contract import MAX_SECONDS, ClipEnd, Fit
from generation.presets import PRESETS

DESCRIPTION = """\
Make a clip from words, from an image, or on from another clip. The clip grows chunk by chunk (one chunk is one
second) beside the output file, where any player can open it before it is whole.
"""

EXAMPLES = """\
examples:
  a clip from words, with the tiny model (random weights, for trying things out):
    python -m generation --preset tiny --mode t2v --prompt "waves roll in" --seconds 2 --output_path waves.mp4
  three seconds from a picture, the camera turning in the second one:
    python -m generation --mode i2v --image_path cat.jpg --prompt "a cat looks up" --prompt "the camera pans left" \\
        --prompt "the cat jumps" --seconds 3 --output_path cat.mp4
  on from the last two seconds of a clip, with MAGI's own configuration file:
    python -m generation --config_file 4.5B_base.json --mode v2v --prefix_video_path cat.mp4 \\
        --prompt "the cat runs away" --output_path more.mp4
  go on after Ctrl-C or a crash:
    python -m generation --resume cat.mp4

other commands: python -m generation COMMAND --help
  verify-reference   compare every number of this implementation with golden data of the released code
  benchmark          speed and memory on this machine, as ratios
  download           fetch released weights, resumable and hash-checked
"""


def build_parser() -> argparse.ArgumentParser:
    """The parser of the generate command."""
    parser = argparse.ArgumentParser(
        prog="python -m generation",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _add_task(parser)
    _add_model(parser)
    _add_look(parser)
    _add_controls(parser)
    _add_machine(parser)
    return parser


def _add_task(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what to make")
    group.add_argument(
        "--mode", choices=("t2v", "i2v", "v2v"), help="from text, from an image, or on from a video (default: by input)"
    )
    group.add_argument(
        "--prompt",
        action="append",
        metavar="TEXT",
        help="what happens; give it once for the clip, or once per second",
    )
    group.add_argument("--image_path", metavar="FILE", help="the picture the clip starts from (i2v)")
    group.add_argument("--prefix_video_path", metavar="FILE", help="the clip to go on from (v2v)")
    group.add_argument("--output_path", type=Path, metavar="FILE", help="the finished .mp4")
    group.add_argument(
        "--seconds", type=int, metavar="N", help=f"length, 1 to {MAX_SECONDS} (default: 4, or the configuration's)"
    )
    group.add_argument("--seed", type=int, metavar="N", help="same seed, same clip (default: 1234)")
    group.add_argument("--resume", type=Path, metavar="FILE", help="go on with the clip that was to become FILE")


def _add_model(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("with which model")
    source = group.add_mutually_exclusive_group()
    source.add_argument("--preset", choices=sorted(PRESETS), help="a model by name")
    source.add_argument("--config_file", type=Path, metavar="FILE", help="one of MAGI's own JSON files, unchanged")
    group.add_argument("--weights", type=Path, metavar="DIR", help="where weights lie (default: ./downloads)")
    group.add_argument("--steps", type=int, metavar="N", help="denoising steps per chunk (default: the model's)")
    group.add_argument("--window", type=int, metavar="N", help="chunks denoised together (default: the model's)")
    group.add_argument(
        "--policy",
        choices=[policy.value for policy in ChunkPolicy],
        help="seamless: n seconds are 24 n frames, no seams; reference: frame counts and tiles as released "
        "(default: seamless, reference with --config_file)",
    )


def _add_look(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("size and framing")
    group.add_argument("--width", type=int, metavar="PX", help="default: the model's size, in the picture's shape")
    group.add_argument("--height", type=int, metavar="PX")
    group.add_argument(
        "--fit",
        choices=[fit.value for fit in Fit],
        help="how a picture of another shape is brought to the size (default: crop, stretch with --config_file)",
    )
    group.add_argument(
        "--prefix_end",
        choices=[end.value for end in ClipEnd],
        default=ClipEnd.LAST.value,
        help="continue the last or the first seconds of the given clip (default: last)",
    )
    group.add_argument(
        "--prefix_seconds", type=int, default=2, metavar="N", help="how much of the given clip is seen (default: 2)"
    )


def _add_controls(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("learned hints", "tokens the released models were trained with")
    group.add_argument("--no_hq", action="store_true", help="leave out the high-quality hint")
    group.add_argument("--no_duration", action="store_true", help="leave out how many seconds remain")
    for name, words in (
        ("static", "the first frames hold still"),
        ("dynamic", "the first frames move"),
        ("borderness", "the picture has borders"),
        ("three_d_model", "a rendered 3D model"),
        ("two_d_anime", "drawn animation"),
        ("negative", "steer away from captions, logos, cuts and borders"),
    ):
        group.add_argument(f"--{name}", action="store_true", help=words)


def _add_machine(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("on which machine")
    group.add_argument("--device", metavar="NAME", help="cpu, cuda, cuda:N or mps (default: cuda if there is one)")
    group.add_argument(
        "--dtype", choices=("float32", "bfloat16", "float16"), help="precision (default: the model's on a GPU)"
    )
    group.add_argument("--threads", type=int, default=0, metavar="N", help="CPU threads (default: the library's)")
    group.add_argument("--quiet", action="store_true", help="no progress bar")
    group.add_argument("--verbose", action="store_true", help="one log line per chunk")
