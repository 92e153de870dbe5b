"""The flags of the train command, and what each stage needs of them."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from generation.cli.devices import default_device
from generation.cli.parsing import CommandParser, add_help, positive_number, whole_number_in
from generation.config import MAX_THREADS
from generation.errors import RequestError
from generation.training.recipe import ClipKind
from generation.training.recipes import STARTER

_PROGRAM = "python -m generation train"
_DESCRIPTION = """\
Trains a small model on clips that are made while training, or on your own.
Ctrl-C, --minutes and a power cut lose nothing: the same command goes on and
ends with the same weights."""
_EPILOG = f"""\
everything below in one command, with the numbers of the model that ships:
  {_PROGRAM} all runs
from nothing to a model that the other commands use:
  {_PROGRAM} vae runs/vae1
  {_PROGRAM} vae runs/vae2 --stage 2 --start_from runs/vae1
  {_PROGRAM} vae runs/vae3 --stage 3 --start_from runs/vae2
  {_PROGRAM} vae runs/vae4 --stage 4 --start_from runs/vae3
  {_PROGRAM} vae runs/vae5 --stage 5 --start_from runs/vae4
  {_PROGRAM} vae runs/vae6 --stage 6 --start_from runs/vae5
  {_PROGRAM} latents runs/latents64 --vae runs/vae6 \\
      --size 64x64 --seconds 2
  {_PROGRAM} dit runs/base --vae runs/vae6 \\
      --latents runs/latents64
  {_PROGRAM} shortcut runs/student --teacher runs/base \\
      --vae runs/vae6 --latents runs/latents64
  {_PROGRAM} temper runs/tempered --start_from runs/student \\
      --vae runs/vae6 --latents runs/latents64
  {_PROGRAM} joints runs/joints --vae runs/vae6 \\
      --model runs/tempered
  {_PROGRAM} vae runs/vae7 --stage 7 --start_from runs/vae6 \\
      --joints runs/joints
  {_PROGRAM} export starter --vae runs/vae7 \\
      --model runs/tempered
on from the model that ships: --start_from generation/weights/starter
on two GPUs: python -m torch.distributed.run --nproc-per-node 2 -m generation
  train dit ..."""
_NEEDS = {
    "latents": ("vae",),
    "own": ("model",),
    "joints": ("vae", "model"),
    "dit": ("vae", "latents"),
    "shortcut": ("vae", "latents", "teacher"),
    "temper": ("vae", "latents", "start_from"),
    "export": ("vae", "model"),
}
# Said of one stage; all of them together follow the recipe.
_OF_ONE_STAGE = (
    "vae", "latents", "teacher", "model", "joints", "base", "start_from", "clips", "steps", "learning_rate",
)  # fmt: skip
_STAGES = ("all", "vae", "latents", "dit", "own", "shortcut", "temper", "joints", "export", "plot")


def parse_train(argv: Sequence[str]) -> argparse.Namespace:
    """Read the flags.

    Args:
        argv: Without the command's name.

    Raises:
        RequestError: If flags are wrong, missing, or would be ignored.
    """
    arguments = _build_parser().parse_args(argv)
    missing = [f"--{name}" for name in _NEEDS.get(arguments.what, ()) if getattr(arguments, name) is None]
    if missing:
        raise RequestError(f"{arguments.what} needs {' and '.join(missing)}; see {_PROGRAM} --help")
    ignored = [f"--{name}" for name in _OF_ONE_STAGE if getattr(arguments, name) is not None]
    if arguments.what == "all" and ignored:
        raise RequestError(f"all follows the recipe and takes no {' or '.join(ignored)}; see {_PROGRAM} --help")
    return arguments


def _build_parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog=_PROGRAM, usage=f"{_PROGRAM} WHAT FOLDER [more flags]", description=_DESCRIPTION, epilog=_EPILOG
    )
    group = parser.add_argument_group("what to do, and where")
    group.add_argument("what", choices=_STAGES, metavar="WHAT", help=", ".join(_STAGES))
    group.add_argument("folder", type=Path, metavar="FOLDER", help="the run, the cache of latents, or the export")
    group.add_argument("--vae", type=Path, metavar="RUN", help="the autoencoder: a run or an exported model")
    group.add_argument(
        "--latents", type=Path, nargs="+", metavar="FOLDER", help="caches to train on, the first shown in samples"
    )
    group.add_argument("--teacher", type=Path, metavar="RUN", help="shortcut: the base model's run")
    group.add_argument("--model", type=Path, metavar="RUN", help="export, own, joints: the transformer's run")
    group.add_argument("--joints", type=Path, metavar="FOLDER", help="vae: made joints, for stage 7")
    group.add_argument("--base", type=Path, metavar="RUN", help="export: the teacher's run, for the model card")
    group.add_argument("--name", default=STARTER.name, help=f"export: what the model is called ({STARTER.name})")
    stages = (
        "vae: clips, sizes, decoder, windows, both, pairs, joints; "
        "dit: small, large, shapes, pieces, fine, scenes, verbs (1)"
    )
    group.add_argument("--stage", type=int, choices=range(1, len(STARTER.dit_stages) + 1), default=1, help=stages)
    group.add_argument("--start_from", type=Path, metavar="RUN", help="weights for a new run: a run or an export")
    clips = parser.add_argument_group("clips")
    clips.add_argument("--clips", type=Path, metavar="DIR", help="your own, with captions (made while training)")
    clips.add_argument("--size", type=_size, default=(64, 64), metavar="WxH", help="latents: pixels (64x64)")
    clips.add_argument(
        "--show", type=ClipKind, choices=list(ClipKind), default=ClipKind.CAMERA, metavar="KIND",
        help=f"latents: {', '.join(ClipKind)} ({ClipKind.CAMERA})",
    )  # fmt: skip
    clips.add_argument("--seconds", type=whole_number_in(1), default=1, metavar="N", help="latents: length (1)")
    clips.add_argument(
        "--shards",
        type=whole_number_in(1),
        default=64,
        metavar="N",
        help=f"latents: of {STARTER.clips_per_shard} clips (64)",
    )
    length = parser.add_argument_group("how long, and on what")
    length.add_argument(
        "--minutes", type=positive_number, metavar="M", help="stop after this long, resumable (no limit)"
    )
    length.add_argument("--steps", type=whole_number_in(1), metavar="N", help="length of the run (the recipe's)")
    length.add_argument("--learning_rate", type=positive_number, metavar="R", help="(the recipe's)")
    length.add_argument("--device", default=default_device(), metavar="NAME", help="cpu, cuda, cuda:N or mps")
    length.add_argument(
        "--threads", type=whole_number_in(0, MAX_THREADS), default=0, metavar="N", help="CPU threads (the library's)"
    )
    length.add_argument("--recompute", action="store_true", help="less memory, a third more time (the transformer's)")
    length.add_argument("--quiet", action="store_true", help="no lines of progress")
    length.add_argument("--verbose", action="store_true", help="tracebacks")
    add_help(length)
    return parser


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"must be WIDTHxHEIGHT in pixels, as 64x64, got {text[:40]!r}")
    return int(width), int(height)
