"""From flags to a request; everything a person can get wrong is said before any weight is read."""

import argparse
import os
from pathlib import Path

from generation.cli.model_choice import ModelChoice
from generation.config import ChunkPolicy
from generation.contract.requests import MAX_SIDE_PIXELS, ClipEnd, ControlTokens, Fit, GenerationRequest
from generation.errors import RequestError, StorageError
from generation.magi_config import MagiConfig
from generation.media.images import probe_image
from generation.media.video import probe_clip
from generation.pipeline.sizes import size_for_picture

_DEFAULT_PREFIX_SECONDS = 2
_INPUTS = {"t2v": None, "i2v": "image_path", "v2v": "prefix_video_path"}


def build_request(arguments: argparse.Namespace, model: ModelChoice) -> GenerationRequest:
    """Read the flags that say what to make.

    Raises:
        RequestError: If one is missing or wrong.
        MediaError: If the picture or clip to start from cannot be read.
    """
    _check_start(arguments, model)
    if not arguments.prompt:
        raise RequestError("say what happens: --prompt TEXT, once for the clip or once per second")
    seconds = arguments.seconds
    if seconds is None:
        seconds = len(arguments.prompt) if len(arguments.prompt) > 1 else model.seconds
    width, height = _size(arguments, model)
    seconds_seen = arguments.prefix_seconds
    return GenerationRequest(
        prompts=tuple(arguments.prompt),
        seconds=seconds,
        width=width,
        height=height,
        seed=model.seed if arguments.seed is None else arguments.seed,
        image_path=arguments.image_path,
        video_path=arguments.prefix_video_path,
        fit=_fit(arguments, model),
        clip_end=ClipEnd(arguments.prefix_end or ClipEnd.LAST),
        prefix_seconds=_DEFAULT_PREFIX_SECONDS if seconds_seen is None else seconds_seen,
        controls=arguments.controls or ControlTokens(),
    )


def check_output(path: Path | None, *, inputs: tuple[str | None, ...], flag: str = "--output_path") -> Path:
    """Check that a clip can be written to a path.

    Args:
        path: As given.
        inputs: The files that the clip starts from.
        flag: Which gave the path.

    Returns:
        The path.

    Raises:
        RequestError: If it is no name for a clip, or one of the inputs.
        StorageError: If its folder is missing or cannot be written to.
    """
    if path is None:
        raise RequestError(f"say where the clip goes: {flag} FILE.mp4")
    if path.suffix.lower() != ".mp4" or path.is_dir():
        raise RequestError(f"{flag} must be the name of an .mp4 file, got {path}")
    folder = path.absolute().parent
    if not folder.is_dir():
        raise StorageError(f"{flag} must be in a folder that exists, got {path}; make {folder} first")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StorageError(f"{flag} must be in a folder that can be written to, got {path}; choose another one")
    if path.exists() and any(name and Path(name).exists() and path.samefile(name) for name in inputs):
        raise RequestError(f"{flag} must not be the file that the clip starts from, got {path}; choose another name")
    return path


def _check_start(arguments: argparse.Namespace, model: ModelChoice) -> None:
    given = [name for name in _INPUTS.values() if name and getattr(arguments, name)]
    if len(given) > 1:
        raise RequestError("a clip starts from a picture or from a clip: give --image_path or --prefix_video_path")
    if arguments.mode:
        wanted = _INPUTS[arguments.mode]
        if wanted and wanted not in given:
            raise RequestError(f"--mode {arguments.mode} needs --{wanted} FILE")
        if given and given != [wanted]:
            raise RequestError(f"--{given[0]} does not go with --mode {arguments.mode}; leave one out")
    for name in given:
        if not Path(getattr(arguments, name)).is_file():
            raise RequestError(f"--{name} must be a file, found none at {getattr(arguments, name)}")
    if arguments.prefix_end or arguments.prefix_seconds is not None:
        if not arguments.prefix_video_path:
            raise RequestError("--prefix_end and --prefix_seconds say what is seen of --prefix_video_path FILE")
        if model.sampling.chunk_policy is ChunkPolicy.REFERENCE:
            raise RequestError(
                "--prefix_end and --prefix_seconds do not go with the policy reference, which always sees the first "
                "32 frames; add --policy seamless"
            )


def _size(arguments: argparse.Namespace, model: ModelChoice) -> tuple[int, int]:
    if arguments.width is not None and arguments.height is not None:
        return arguments.width, arguments.height
    if arguments.width is not None or arguments.height is not None:
        raise RequestError("--width and --height go together; give both or neither")
    if isinstance(model.source, MagiConfig):
        return model.width, model.height
    shape = _input_shape(arguments)
    if shape is None:
        return model.width, model.height
    width, height = size_for_picture(*shape, pixels=model.width * model.height, multiple=model.size_multiple)
    if max(width, height) > MAX_SIDE_PIXELS:
        raise RequestError(
            f"a clip takes the shape of what it starts from, and its sides must be at most {MAX_SIDE_PIXELS} px, got "
            f"{shape[0]}x{shape[1]}, which would be {width}x{height}; cut it first, or name --width and --height"
        )
    return width, height


def _input_shape(arguments: argparse.Namespace) -> tuple[int, int] | None:
    if arguments.image_path:
        image = probe_image(Path(arguments.image_path))
        return image.width, image.height
    if arguments.prefix_video_path:
        clip = probe_clip(Path(arguments.prefix_video_path))
        return clip.width, clip.height
    return None


def _fit(arguments: argparse.Namespace, model: ModelChoice) -> Fit:
    if arguments.fit:
        return Fit(arguments.fit)
    return Fit.STRETCH if model.sampling.chunk_policy is ChunkPolicy.REFERENCE else Fit.CROP
