"""The train command: a small model from nothing, in steps that can be stopped and gone on with at any moment."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from rich.console import Console

from generation.cli.calling import command_line
from generation.cli.devices import check_device, default_device
from generation.cli.interruption import INTERRUPTED, Interruption
from generation.cli.parsing import CommandParser, add_help, positive_number, whole_number_in
from generation.config import MAX_THREADS
from generation.errors import RequestError
from generation.training.assembly import RunOrder, run_dit, run_shortcut, run_vae
from generation.training.clip_preparation import EncodingOrder, run_joints, run_latents, run_own
from generation.training.export import describe_run, export_model
from generation.training.plots import plot_run
from generation.training.recipe import ClipKind
from generation.training.recipes import STARTER
from generation.training.runs.loop import RunControl, stop_after
from generation.training.runs.run_folder import RunFolder
from generation.training.runs.team import Team, device_of_process, joined_team
from generation.training.trained import read_model, read_vae
from generation.training.whole_recipe import run_recipe
from generation.weights.starter_folder import is_starter_folder, read_starter

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
  {_PROGRAM} joints runs/joints --vae runs/vae6 \\
      --model runs/student
  {_PROGRAM} vae runs/vae7 --stage 7 --start_from runs/vae6 \\
      --joints runs/joints
  {_PROGRAM} export starter --vae runs/vae7 \\
      --model runs/student
on from the model that ships: --start_from generation/weights/starter
on two GPUs: python -m torch.distributed.run --nproc-per-node 2 -m generation
  train dit ..."""
# Whose steps several processes share.
_SHARED = ("vae", "dit", "shortcut")
# Said of one stage; all of them together follow the recipe.
_OF_ONE_STAGE = (
    "vae", "latents", "teacher", "model", "joints", "base", "start_from", "clips", "steps", "learning_rate",
)  # fmt: skip
_STAGES = ("all", "vae", "latents", "dit", "own", "shortcut", "joints", "export", "plot")


def run_train(argv: list[str], *, console: Console) -> int:
    """Train, encode, distil, export or plot, as the flags say.

    Args:
        argv: Without the command's name.
        console: Where people read.

    Returns:
        The exit status: 0, or 130 after Ctrl-C.

    Raises:
        GenerationError: Whatever is wrong, in words for people.
    """
    arguments = _build_parser().parse_args(argv)
    if arguments.what == "export":
        return _export(arguments, console)
    if arguments.what == "plot":
        console.print(str(plot_run(RunFolder(root=arguments.folder))), markup=False, soft_wrap=True)
        return 0
    if arguments.what == "dit" and arguments.stage > len(STARTER.dit_stages):
        raise RequestError(f"dit has the stages 1 to {len(STARTER.dit_stages)}, got {arguments.stage}")
    if arguments.what == "all":
        _refuse_flags_of_one_stage(arguments)
    _require(
        arguments,
        {
            "latents": ("vae",),
            "own": ("model",),
            "joints": ("vae", "model"),
            "dit": ("vae", "latents"),
            "shortcut": ("vae", "latents", "teacher"),
        },
    )
    check_device(arguments.device)
    device = device_of_process(arguments.device)
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    with (
        joined_team(device) as team,
        Interruption(lambda: console.print("Stopping after this step.")) as interruption,
    ):
        _train(arguments, device, team, console, lambda: interruption.asked)
    if interruption.asked:
        console.print("Stopped; go on with the same command:")
        console.print(f"  {command_line('train', *argv)}", markup=False, soft_wrap=True)
        return INTERRUPTED
    return 0


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
    group.add_argument("--stage", type=int, choices=(1, 2, 3, 4, 5, 6, 7), default=1, help=stages)
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
    length.add_argument("--recompute", action="store_true", help="less memory, a third more time (dit, shortcut)")
    length.add_argument("--quiet", action="store_true", help="no lines of progress")
    length.add_argument("--verbose", action="store_true", help="tracebacks")
    add_help(length)
    return parser


def _train(
    arguments: argparse.Namespace,
    device: torch.device,
    team: Team,
    console: Console,
    interrupted: Callable[[], bool],
) -> None:
    out_of_time = stop_after(arguments.minutes)

    def should_stop() -> bool:
        return interrupted() or out_of_time()

    if team.size > 1 and arguments.what not in _SHARED:
        raise RequestError(f"{arguments.what} runs in one process, not in {team.size}; start it without the launcher")
    if arguments.what in _PREPARATIONS:
        done = _PREPARATIONS[arguments.what](arguments, device, should_stop)
        console.print(f"{arguments.folder}: {done}", markup=False, soft_wrap=True)
        return

    def on_log(step: int, values: Mapping[str, float]) -> None:
        if not arguments.quiet:
            console.print(_line(step, values), markup=False, soft_wrap=True)

    order = RunOrder(
        folder=arguments.folder,
        device=device,
        control=RunControl(should_stop=should_stop, on_log=on_log, team=team),
        total_steps=arguments.steps,
        learning_rate=arguments.learning_rate,
        start_from=arguments.start_from,
        recompute=arguments.recompute,
    )
    if arguments.what == "all":
        run_recipe(STARTER, arguments.folder, device=device, control=order.control, on_stage=console.print)
        return
    if arguments.what == "vae":
        run_vae(STARTER, order, stage=arguments.stage, clips=arguments.clips, joints=arguments.joints)
    elif arguments.what == "dit":
        run_dit(STARTER, order, stage=arguments.stage, vae=arguments.vae, caches=arguments.latents)
    else:
        run_shortcut(STARTER, order, teacher=arguments.teacher, vae=arguments.vae, caches=arguments.latents)
    run = RunFolder(root=arguments.folder)
    if team.is_first and run.log.stat().st_size:
        console.print(f"{run.root}: checkpoint, samples, {plot_run(run).name}", markup=False, soft_wrap=True)


def _encode(arguments: argparse.Namespace, device: torch.device, should_stop: Callable[[], bool]) -> str:
    width, height = arguments.size
    order = EncodingOrder(
        folder=arguments.folder,
        vae=arguments.vae,
        height=height,
        width=width,
        seconds=arguments.seconds,
        shards=arguments.shards,
        clips=arguments.clips,
        kind=arguments.show,
    )
    done = run_latents(STARTER, order, device=device, should_stop=should_stop)
    return f"{done} of {arguments.shards} shards"


def _make_own(arguments: argparse.Namespace, device: torch.device, should_stop: Callable[[], bool]) -> str:
    done = run_own(STARTER, arguments.folder, model=arguments.model, device=device, should_stop=should_stop)
    return f"{done} shards with seconds of the model's own"


def _make_joints(arguments: argparse.Namespace, device: torch.device, should_stop: Callable[[], bool]) -> str:
    done = run_joints(
        STARTER, arguments.folder, vae=arguments.vae, model=arguments.model, device=device, should_stop=should_stop
    )
    return f"{done} of {STARTER.joints.shards} shards"


_PREPARATIONS = {"latents": _encode, "own": _make_own, "joints": _make_joints}


def _export(arguments: argparse.Namespace, console: Console) -> int:
    _require(arguments, {"export": ("vae", "model")})
    runs = {"autoencoder": arguments.vae, "base": arguments.base, "model": arguments.model}
    card: dict[str, object] = {
        part: describe_run(RunFolder(root=folder))
        for part, folder in runs.items()
        if folder is not None and RunFolder(root=folder).settings.is_file()
    }
    if is_starter_folder(arguments.vae):
        # An autoencoder that was exported before keeps its history.
        card = {"autoencoder": read_starter(arguments.vae).card.get("autoencoder", {}), **card}
    exported = export_model(
        arguments.folder, read_vae(arguments.vae), read_model(arguments.model), name=arguments.name, card=card
    )
    exported.verify()
    size = sum(path.stat().st_size for path in arguments.folder.rglob("*") if path.is_file())
    console.print(f"{arguments.folder}: {size / 1e6:.1f} MB", markup=False, soft_wrap=True)
    return 0


def _require(arguments: argparse.Namespace, needs: Mapping[str, tuple[str, ...]]) -> None:
    missing = [f"--{name}" for name in needs.get(arguments.what, ()) if getattr(arguments, name) is None]
    if missing:
        raise RequestError(f"{arguments.what} needs {' and '.join(missing)}; see {_PROGRAM} --help")


def _refuse_flags_of_one_stage(arguments: argparse.Namespace) -> None:
    given = [f"--{name}" for name in _OF_ONE_STAGE if getattr(arguments, name) is not None]
    if given:
        raise RequestError(f"all follows the recipe and takes no {' or '.join(given)}; see {_PROGRAM} --help")


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"must be WIDTHxHEIGHT in pixels, as 64x64, got {text[:40]!r}")
    return int(width), int(height)


def _line(step: int, values: Mapping[str, float]) -> str:
    told = [f"{name} {values[name]:.4g}" for name in ("loss", "psnr", "learning_rate") if name in values]
    return f"step {step}: {', '.join(told)}, {values['steps_per_second']:.2f} steps/s"
