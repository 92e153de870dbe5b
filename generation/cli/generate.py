"""The generate command: one clip, growing beside its output file, that can be stopped and gone on with."""

import argparse
import json
import signal
from dataclasses import asdict
from pathlib import Path
from types import FrameType

from rich.console import Console

from generation import __version__
from generation.cli.arguments import build_parser
from generation.cli.model_choice import ModelChoice, choose_model
from generation.cli.progress import ClipProgress
from generation.cli.request import build_request
from generation.contract import GenerationRequest
from generation.errors import Cancelled, RequestError, StateError
from generation.media.recipe import Recipe
from generation.pipeline.clip import Clip
from generation.pipeline.clip_folder import ClipFolder
from generation.pipeline.pipeline import VideoPipeline
from generation.text.cleaning import LostText

SOFTWARE = f"Sceneloom {__version__}"
INTERRUPTED = 130


class Interruption:
    """Ctrl-C, once: stop at the next step. Twice: stop now."""

    def __init__(self) -> None:
        self.asked = False
        self._before = signal.signal(signal.SIGINT, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.asked = True
        self.restore()

    def restore(self) -> None:
        """Give the signal back."""
        signal.signal(signal.SIGINT, self._before)


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
        return _resume(arguments, argv, cache=cache, console=console)
    if arguments.output_path is None:
        raise RequestError("say where the clip goes: --output_path FILE.mp4")
    _check_output(arguments.output_path)
    model = choose_model(arguments, cache=cache)
    request = build_request(arguments, model)
    pipeline = _load(model, console)
    clip = pipeline.start(request)
    _tell_lost(clip.lost, console)
    folder = ClipFolder(arguments.output_path)
    order = {"request": json.loads(request.to_json()), "flags": argv, "software": SOFTWARE}
    folder.begin(order, texts=clip.texts, state=clip.state, context=clip.context)
    return _make(clip, folder, _recipe(request, model, pipeline), arguments, console)


def _resume(arguments: argparse.Namespace, argv: list[str], *, cache: Path, console: Console) -> int:
    if len([flag for flag in argv if flag.startswith("--")]) > 1 + arguments.quiet + arguments.verbose:
        raise RequestError("--resume goes on with the flags the clip began with; give no others")
    folder = ClipFolder(arguments.resume)
    stored = folder.load()
    flags, plain = stored.order.get("flags"), stored.order.get("request")
    if not isinstance(flags, list) or not all(isinstance(flag, str) for flag in flags):
        raise StateError(f"{folder.root / 'order.json'} is damaged; begin the clip anew")
    first = build_parser().parse_args(flags)
    request = GenerationRequest.from_json(json.dumps(plain))
    model = choose_model(first, cache=cache)
    pipeline = _load(model, console)
    clip = pipeline.resume(request, stored.texts, stored.state, context=stored.context)
    console.print(f"Going on after second {stored.state.num_finished_chunks}.")
    first.quiet, first.output_path = arguments.quiet, arguments.resume
    return _make(clip, folder, _recipe(request, model, pipeline), first, console)


def _check_output(path: Path) -> None:
    if path.suffix.lower() != ".mp4":
        raise RequestError(f"--output_path must end in .mp4, got {path.name}")
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise RequestError(f"--output_path must be a file in a folder that exists, got {path}")


def _load(model: ModelChoice, console: Console) -> VideoPipeline:
    with console.status(f"Loading {model.name} ..."):
        return model.load()


def _tell_lost(lost: tuple[LostText, ...], console: Console) -> None:
    for part in lost:
        console.print(f"[yellow]The model does not read {part.kind.value}: {' '.join(part.fragments)}[/yellow]")


def _recipe(request: GenerationRequest, model: ModelChoice, pipeline: VideoPipeline) -> Recipe:
    return Recipe(request=request, preset=model.name, weights_hash=pipeline.fingerprint, software=SOFTWARE)


def _make(clip: Clip, folder: ClipFolder, recipe: Recipe, arguments: argparse.Namespace, console: Console) -> int:
    interruption = Interruption()
    console.print(f"Plays while it grows: {folder.growing}")
    try:
        with ClipProgress(console, seconds=clip.state.num_chunks, shown=not arguments.quiet) as progress:
            clip.watch(on_step=progress.on_step, on_state=folder.save_state, should_stop=lambda: interruption.asked)
            for chunk in clip:
                folder.add(chunk)
                progress.on_chunk(chunk.index + 1)
    except (Cancelled, KeyboardInterrupt):
        done = clip.state.num_finished_chunks
        console.print(f"\nStopped with {done} s finished, in {folder.growing if done else 'nothing yet'}.")
        console.print(f"Go on with: python -m generation --resume {folder.output}")
        return INTERRUPTED
    finally:
        interruption.restore()
    settings = json.dumps(asdict(clip.state.sampling), sort_keys=True)
    facts = folder.finish({**recipe.tags, "sampling": settings})
    folder.discard()
    console.print(f"{folder.output}: {facts.frames} frames, {facts.seconds:g} s")
    return 0
