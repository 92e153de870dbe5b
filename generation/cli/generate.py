"""The generate command: one clip, growing beside its output file, that can be stopped and gone on with."""

import argparse
import contextlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import torch
from rich.console import Console

from generation import __version__
from generation.cli.arguments import build_parser
from generation.cli.calling import command_line
from generation.cli.interruption import INTERRUPTED, Interruption
from generation.cli.model_choice import ModelChoice, choose_model
from generation.cli.progress import ClipProgress
from generation.cli.request import build_request, check_output
from generation.errors import Cancelled, NumericsError, OutOfMemory, RequestError, StateError, StorageError
from generation.media.recipe import Recipe
from generation.pipeline.clip import Clip
from generation.pipeline.clip_folder import ClipFolder
from generation.pipeline.clip_order import ClipOrder
from generation.pipeline.pipeline import VideoPipeline

SOFTWARE = f"Sceneloom {__version__}"
# What may be said anew when going on; the rest is as it was when the clip was begun.
_FREE_ON_RESUME = frozenset({"resume", "quiet", "verbose"})


def run_generate(argv: list[str], *, cache: Path, console: Console) -> int:
    """Make a clip as the flags say.

    Args:
        argv: Without the program's name.
        cache: Where embeddings are kept between runs.
        console: Where people read.

    Returns:
        The exit status: 0, or 130 after Ctrl-C.

    Raises:
        GenerationError: Whatever is wrong, in words for people.
    """
    arguments = build_parser().parse_args(argv)
    if arguments.resume is not None:
        return _resume(arguments, cache=cache, console=console)
    return _begin(arguments, argv, cache=cache, console=console)


def _begin(arguments: argparse.Namespace, argv: list[str], *, cache: Path, console: Console) -> int:
    output = check_output(arguments.output_path, inputs=(arguments.image_path, arguments.prefix_video_path))
    model = choose_model(arguments, cache=cache)
    request = build_request(arguments, model)
    model.require_files(request.controls)
    with ClipFolder(output) as folder:
        if folder.holds_clip and not arguments.force:
            raise StateError(
                f"an unfinished clip waits in {folder.root}; go on with it: {_resume_command(folder)}, or begin anew "
                "with --force"
            )
        _warn(model.warnings, console)
        pipeline = _load(model, console)
        clip = pipeline.start(request)
        # 19 GB in the released models, which the transformer may want.
        pipeline.free_text_encoder()
        _warn((warning.message for warning in clip.warnings), console)
        if folder.holds_clip:
            folder.discard()
        order = ClipOrder(
            request=request,
            flags=tuple(flag for flag in argv if flag != "--force"),
            folder=str(Path.cwd()),
            threads=torch.get_num_threads(),
            software=SOFTWARE,
        )
        folder.begin(order, texts=clip.texts, state=clip.state, context=clip.context)
        recipe = Recipe(request=request, preset=model.name, weights_hash=pipeline.fingerprint, software=SOFTWARE)
        return _make(clip, folder, recipe, console, shown=not arguments.quiet)


def _resume(arguments: argparse.Namespace, *, cache: Path, console: Console) -> int:
    _refuse_other_flags(arguments)
    output = check_output(arguments.resume.absolute(), inputs=(), flag="--resume")
    if not ClipFolder(output).holds_clip:
        raise StateError(f"no unfinished clip waits beside {arguments.resume}; is it the right name and folder?")
    with ClipFolder(output) as folder:
        stored = folder.load()
        order = stored.order
        with contextlib.chdir(_existing(order.folder)):
            model = choose_model(build_parser().parse_args(order.flags), cache=cache)
            pipeline = _load(model, console)
        # Sums come out differently when they are split among more threads.
        torch.set_num_threads(order.threads)
        clip = pipeline.resume(order.request, stored.texts, stored.state, context=stored.context)
        console.print(f"Going on: {stored.state.num_finished_chunks} of {stored.state.num_chunks} s are finished.")
        recipe = Recipe(
            request=order.request, preset=model.name, weights_hash=pipeline.fingerprint, software=order.software
        )
        return _make(clip, folder, recipe, console, shown=not arguments.quiet)


def _refuse_other_flags(arguments: argparse.Namespace) -> None:
    defaults = vars(build_parser().parse_args([]))
    given = [name for name, value in vars(arguments).items() if value != defaults[name]]
    if surplus := [name for name in given if name not in _FREE_ON_RESUME]:
        raise RequestError(f"--resume goes on with the flags that the clip was begun with; leave out --{surplus[0]}")


def _existing(folder: str) -> str:
    if not Path(folder).is_dir():
        raise StateError(f"the clip was begun in {folder}, which is gone; its flags name files from there")
    return folder


def _load(model: ModelChoice, console: Console) -> VideoPipeline:
    with console.status(f"Loading {model.name} ..."):
        return model.load()


def _warn(messages: Iterable[str], console: Console) -> None:
    for message in messages:
        console.print("[yellow]note:[/yellow] ", end="")
        console.print(message, markup=False, soft_wrap=True)


def _make(clip: Clip, folder: ClipFolder, recipe: Recipe, console: Console, *, shown: bool) -> int:
    console.print(f"Plays while it grows: {folder.growing}", markup=False, soft_wrap=True)
    try:
        _add_chunks(clip, folder, console, shown=shown)
        settings = json.dumps(asdict(clip.state.sampling), sort_keys=True)
        facts = folder.finish({**recipe.tags, "sampling": settings})
    except (Cancelled, KeyboardInterrupt):
        _tell_what_is_kept(folder, console)
        return INTERRUPTED
    except (StorageError, OutOfMemory, NumericsError):
        _tell_what_is_kept(folder, console)
        raise
    folder.discard()
    console.print(f"{folder.output}: {facts.frames} frames, {facts.seconds:g} s", markup=False, soft_wrap=True)
    return 0


def _add_chunks(clip: Clip, folder: ClipFolder, console: Console, *, shown: bool) -> None:
    with (
        ClipProgress(console, clip.state, shown=shown) as progress,
        Interruption(progress.on_stopping) as interruption,
    ):
        clip.watch(on_step=progress.on_step, on_state=folder.save_state, should_stop=lambda: interruption.asked)
        for chunk in clip:
            folder.add(chunk)
            progress.on_chunk(chunk.index + 1)


def _tell_what_is_kept(folder: ClipFolder, console: Console) -> None:
    state = folder.saved_state
    if state is None or not state.stage:
        # Not one stage is done: beginning again loses nothing.
        folder.discard()
        console.print("Stopped before anything was finished; nothing is kept.")
        return
    console.print(
        f"Stopped; what is finished ({state.num_finished_chunks} of {state.num_chunks} s) is kept. Go on with:"
    )
    console.print(f"  {_resume_command(folder)}", markup=False, soft_wrap=True)


def _resume_command(folder: ClipFolder) -> str:
    return command_line("--resume", str(folder.output))
