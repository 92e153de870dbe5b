"""From nothing to an exported model in one call, stage after stage, resumable at any moment.

Every stage has a folder of its own below the given one; a stage that is finished is passed over, one that was
interrupted goes on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from generation.training.assembly import RunOrder, run_dit, run_shortcut, run_temper, run_vae
from generation.training.clip_preparation import EncodingOrder, run_joints, run_latents, run_own
from generation.training.export import describe_run, export_model
from generation.training.recipe import ENCODER_STAGE, JOINT_STAGE, Recipe
from generation.training.runs.loop import RunControl
from generation.training.runs.run_folder import RunFolder
from generation.training.trained import read_model, read_vae

EXPORT = "export"
_JOINTS = "joints"
_STUDENT = "student"
_SHIPPED = "tempered"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """One step of a recipe."""

    name: str
    run: Callable[[RunControl], object]


def stages_of(recipe: Recipe, folder: Path, *, device: torch.device) -> tuple[Stage, ...]:
    """What a recipe does, in order.

    Args:
        recipe: Of which model.
        folder: Holds a folder per stage.
        device: Where to train.
    """
    vaes = [f"vae{number + 1}" for number in range(len(recipe.vae_stages))]
    dits = [f"dit{number + 1}" for number in range(len(recipe.dit_stages))]
    return (
        *(_vae_stage(recipe, folder, vaes, number, device) for number in range(ENCODER_STAGE)),
        *(_latent_stage(recipe, folder, number, device) for number in range(len(recipe.latents))),
        *(stage for number in range(len(dits)) for stage in _dit_stages(recipe, folder, dits, number, device)),
        _shortcut_stage(recipe, folder, dits[-1], device),
        _temper_stage(recipe, folder, device),
        _joints_stage(recipe, folder, device),
        *(_vae_stage(recipe, folder, vaes, number, device) for number in range(ENCODER_STAGE, len(vaes))),
        Stage(name=EXPORT, run=lambda _: _export(recipe, folder, vaes[-1], dits[-1])),
    )


def run_recipe(
    recipe: Recipe, folder: Path, *, device: torch.device, control: RunControl, on_stage: Callable[[str], None]
) -> bool:
    """Run all stages.

    Args:
        recipe: Of which model.
        folder: Holds a folder per stage.
        device: Where to train.
        control: Who stops it and watches it; for one process.
        on_stage: Told the name of each stage as it begins.

    Returns:
        Whether it came to its end.

    Raises:
        GenerationError: Whatever is wrong, in words for people.
    """
    for stage in stages_of(recipe, folder, device=device):
        if control.should_stop():
            return False
        on_stage(stage.name)
        stage.run(control)
    return True


def _order(folder: Path, device: torch.device, control: RunControl, begin: Path | None = None) -> RunOrder:
    return RunOrder(folder=folder, device=device, control=control, start_from=begin)


def _vae_stage(recipe: Recipe, folder: Path, names: list[str], number: int, device: torch.device) -> Stage:
    begin = folder / names[number - 1] if number else None
    joints = folder / _JOINTS if number + 1 >= JOINT_STAGE else None
    return Stage(
        name=names[number],
        run=lambda control: run_vae(
            recipe,
            _order(folder / names[number], device, control, begin),
            stage=number + 1,
            clips=None,
            joints=joints,
        ),
    )


def _joints_stage(recipe: Recipe, folder: Path, device: torch.device) -> Stage:
    return Stage(
        name=_JOINTS,
        run=lambda control: run_joints(
            recipe,
            folder / _JOINTS,
            vae=_encoder_of(folder),
            model=folder / _SHIPPED,
            device=device,
            should_stop=control.should_stop,
        ),
    )


def _encoder_of(folder: Path) -> Path:
    """The autoencoder whose latents the transformer learns."""
    return folder / f"vae{ENCODER_STAGE}"


def _latent_stage(recipe: Recipe, folder: Path, number: int, device: torch.device) -> Stage:
    wanted = recipe.latents[number]
    order = EncodingOrder(
        folder=folder / wanted.name,
        vae=_encoder_of(folder),
        height=wanted.height,
        width=wanted.width,
        seconds=wanted.seconds,
        shards=wanted.shards,
        clips=None,
        kind=wanted.kind,
    )
    return Stage(
        name=wanted.name,
        run=lambda control: run_latents(recipe, order, device=device, should_stop=control.should_stop),
    )


def _dit_stages(recipe: Recipe, folder: Path, names: list[str], number: int, device: torch.device) -> tuple[Stage, ...]:
    begin = folder / names[number - 1] if number else None
    wanted = recipe.dit_stages[number]
    caches = [folder / name for name in wanted.latents]

    def make_own(cache: Path, control: RunControl) -> None:
        if begin is not None:
            run_own(recipe, cache, model=begin, device=device, should_stop=control.should_stop)

    own = tuple(
        Stage(name=f"own {cache.name}", run=lambda control, cache=cache: make_own(cache, control))  # type: ignore[misc]  # a default binds the loop's variable
        for cache in caches
        if wanted.own_share
    )
    train = Stage(
        name=names[number],
        run=lambda control: run_dit(
            recipe,
            _order(folder / names[number], device, control, begin),
            stage=number + 1,
            vae=_encoder_of(folder),
            caches=caches,
        ),
    )
    return (*own, train)


def _shortcut_stage(recipe: Recipe, folder: Path, teacher: str, device: torch.device) -> Stage:
    return Stage(
        name=_STUDENT,
        run=lambda control: run_shortcut(
            recipe,
            _order(folder / _STUDENT, device, control),
            teacher=folder / teacher,
            vae=_encoder_of(folder),
            caches=[folder / name for name in recipe.shortcut_latents],
        ),
    )


def _temper_stage(recipe: Recipe, folder: Path, device: torch.device) -> Stage:
    return Stage(
        name=_SHIPPED,
        run=lambda control: run_temper(
            recipe,
            _order(folder / _SHIPPED, device, control, folder / _STUDENT),
            vae=_encoder_of(folder),
            caches=[folder / name for name in recipe.shortcut_latents],
        ),
    )


def _export(recipe: Recipe, folder: Path, vae: str, base: str) -> None:
    card = {
        part: describe_run(RunFolder(root=folder / name))
        for part, name in (("autoencoder", vae), ("base", base), ("student", _STUDENT), ("model", _SHIPPED))
    }
    export_model(
        folder / EXPORT, read_vae(folder / vae), read_model(folder / _SHIPPED), name=recipe.name, card=card
    ).verify()
