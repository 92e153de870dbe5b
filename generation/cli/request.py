"""From flags to a request; everything a person can get wrong is said before any weight is read."""

import argparse
from pathlib import Path

from generation.cli.model_choice import ModelChoice
from generation.config import ChunkPolicy
from generation.contract import ClipEnd, ControlTokens, Fit, GenerationRequest
from generation.errors import RequestError
from generation.magi_config import MagiConfig
from generation.media.images import probe_image
from generation.media.video import probe_clip
from generation.pipeline.sizes import size_for_picture

_INPUTS = {"t2v": None, "i2v": "image_path", "v2v": "prefix_video_path"}


def build_request(arguments: argparse.Namespace, model: ModelChoice) -> GenerationRequest:
    """Read the flags that say what to make.

    Raises:
        RequestError: If one is missing or wrong.
        MediaError: If the picture or clip to start from cannot be read.
    """
    _check_mode(arguments)
    if not arguments.prompt:
        raise RequestError("say what happens: --prompt TEXT, once for the clip or once per second")
    seconds = arguments.seconds
    if seconds is None:
        seconds = len(arguments.prompt) if len(arguments.prompt) > 1 else model.seconds
    width, height = _size(arguments, model)
    return GenerationRequest(
        prompts=tuple(arguments.prompt),
        seconds=seconds,
        width=width,
        height=height,
        seed=model.seed if arguments.seed is None else arguments.seed,
        image_path=arguments.image_path,
        video_path=arguments.prefix_video_path,
        fit=_fit(arguments, model),
        clip_end=ClipEnd(arguments.prefix_end),
        prefix_seconds=arguments.prefix_seconds,
        controls=_controls(arguments),
    )


def _check_mode(arguments: argparse.Namespace) -> None:
    given = [name for name in ("image_path", "prefix_video_path") if getattr(arguments, name)]
    wanted = _INPUTS[arguments.mode] if arguments.mode else (given[0] if given else None)
    if wanted is not None and wanted not in given:
        raise RequestError(f"--mode {arguments.mode} needs --{wanted}; give it a file")
    surplus = [name for name in given if name != wanted]
    if surplus:
        raise RequestError(f"--{surplus[0]} does not go with {'--mode ' + arguments.mode if arguments.mode else 'it'}")
    for name in given:
        if not Path(getattr(arguments, name)).is_file():
            raise RequestError(f"--{name} must be a file, found none at {getattr(arguments, name)}")


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
    return size_for_picture(*shape, pixels=model.width * model.height, multiple=model.size_multiple)


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


def _controls(arguments: argparse.Namespace) -> ControlTokens:
    return ControlTokens(
        high_quality=not arguments.no_hq,
        duration=not arguments.no_duration,
        static_first_frames=arguments.static,
        dynamic_first_frames=arguments.dynamic,
        borderness=arguments.borderness,
        three_d_model=arguments.three_d_model,
        two_d_anime=arguments.two_d_anime,
        negative=arguments.negative,
    )
