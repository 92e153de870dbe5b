"""The train command: a small model from nothing, in steps that can be stopped and gone on with at any moment."""

import argparse
from collections.abc import Callable, Mapping

import torch
from rich.console import Console

from generation.cli.calling import command_line
from generation.cli.devices import check_device
from generation.cli.interruption import INTERRUPTED, Interruption
from generation.cli.train_arguments import parse_train
from generation.errors import RequestError
from generation.training.assembly import RunOrder, run_dit, run_shortcut, run_temper, run_vae
from generation.training.clip_preparation import EncodingOrder, run_joints, run_latents, run_own
from generation.training.export import describe_run, export_model
from generation.training.plots import plot_run
from generation.training.recipes import STARTER
from generation.training.runs.loop import RunControl, stop_after
from generation.training.runs.run_folder import RunFolder
from generation.training.runs.team import Team, device_of_process, joined_team
from generation.training.trained import read_model, read_vae
from generation.training.whole_recipe import run_recipe
from generation.weights.starter_folder import is_starter_folder, read_starter

# Whose steps several processes share.
_SHARED = ("vae", "dit", "shortcut", "temper")


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
    arguments = parse_train(argv)
    if arguments.what == "export":
        return _export(arguments, console)
    if arguments.what == "plot":
        console.print(str(plot_run(RunFolder(root=arguments.folder))), markup=False, soft_wrap=True)
        return 0
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
    _train_stage(arguments, order)
    run = RunFolder(root=arguments.folder)
    if team.is_first and run.log.stat().st_size:
        console.print(f"{run.root}: checkpoint, samples, {plot_run(run).name}", markup=False, soft_wrap=True)


def _train_stage(arguments: argparse.Namespace, order: RunOrder) -> None:
    if arguments.what == "vae":
        run_vae(STARTER, order, stage=arguments.stage, clips=arguments.clips, joints=arguments.joints)
    elif arguments.what == "dit":
        run_dit(STARTER, order, stage=arguments.stage, vae=arguments.vae, caches=arguments.latents)
    elif arguments.what == "temper":
        run_temper(STARTER, order, vae=arguments.vae, caches=arguments.latents)
    else:
        run_shortcut(STARTER, order, teacher=arguments.teacher, vae=arguments.vae, caches=arguments.latents)


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


def _line(step: int, values: Mapping[str, float]) -> str:
    told = [f"{name} {values[name]:.4g}" for name in ("loss", "psnr", "learning_rate") if name in values]
    return f"step {step}: {', '.join(told)}, {values['steps_per_second']:.2f} steps/s"
