"""Makes the clips that are judged: a photo, a prompt, a seed, through the pipeline that serves people."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generation.contract.requests import ControlTokens, Fit, GenerationRequest
from generation.errors import RequestError
from generation.media.images import probe_image
from generation.pipeline.pipeline import VideoPipeline
from generation.pipeline.sizes import size_for_picture

_PICTURES = (".jpg", ".jpeg", ".png", ".webp")
NO_CONTROLS = ControlTokens(high_quality=False, duration=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Photo:
    """A picture to start from, and the size its clips have."""

    path: Path
    width: int
    height: int


def find_photos(folder: Path, *, pixels: int, multiple: int) -> tuple[Photo, ...]:
    """The pictures of a folder, by name.

    Args:
        folder: With pictures.
        pixels: A clip should have, such as 256 x 256.
        multiple: Sides of clips are multiples of this.

    Raises:
        RequestError: If there are none.
        MediaError: If one cannot be read.
    """
    paths = sorted(path for path in folder.glob("*") if path.suffix.lower() in _PICTURES)
    if not paths:
        raise RequestError(f"{folder} must hold pictures ({', '.join(_PICTURES)}), got none")
    photos = []
    for path in paths:
        shape = probe_image(path)
        width, height = size_for_picture(shape.width, shape.height, pixels=pixels, multiple=multiple)
        photos.append(Photo(path=path, width=width, height=height))
    return tuple(photos)


def request_for(photo: Photo, prompts: tuple[str, ...], *, seconds: int, seed: int) -> GenerationRequest:
    """The request for a clip that starts from a photo."""
    return GenerationRequest(
        prompts=prompts,
        seconds=seconds,
        width=photo.width,
        height=photo.height,
        seed=seed,
        image_path=str(photo.path),
        fit=Fit.CROP,
        controls=NO_CONTROLS,
    )


def make_clip(pipeline: VideoPipeline, request: GenerationRequest) -> NDArray[np.uint8]:
    """All frames of a clip, ``(24 seconds, H, W, 3)`` uint8.

    Raises:
        GenerationError: Whatever the pipeline raises.
    """
    return np.concatenate(list(seconds_of(pipeline, request)))


def seconds_of(pipeline: VideoPipeline, request: GenerationRequest) -> Iterator[NDArray[np.uint8]]:
    """The same, second by second."""
    for chunk in pipeline.generate(request):
        yield chunk.frames.numpy()
