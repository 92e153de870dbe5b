"""The process that opens strangers' files: few rights, little memory, little time; run as ``python -m``.

Reads one file, writes what it made of it into a folder, and says what that is as one line of JSON. Whatever the file
does to this process, it does to nothing else. What leaves is encoded anew: no metadata, no trailing data, no surprises.
"""

import io
import json
import resource
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from generation.contract.requests import FRAMES_PER_SECOND, Fit
from generation.errors import GenerationError, MediaError, MediaKindError, MediaTooLarge
from generation.media.fragments import encode_fragment, read_fragment
from generation.media.images import load_image, probe_image
from generation.media.limits import ClipLimits, ImageLimits
from generation.media.movie import write_movie
from generation.media.recipe import RECIPE_TAG, read_tags
from generation.media.sniffing import CLIP_KINDS, HEAD_BYTES, IMAGE_KINDS, MediaKind, sniff
from generation.media.video import probe_clip, read_seconds
from projects.media.provenance import FIELD, kept_tags

IMAGE_LIMITS = ImageLimits(max_bytes=30 * 2**20, max_pixels=64_000_000)
CLIP_LIMITS = ClipLimits(max_bytes=512 * 2**20, max_pixels=9_000_000, max_seconds=120.0, max_decoded_frames=8000)
# Of files that are kept as they are: films last longer than uploads may.
KEPT_CLIP_LIMITS = replace(CLIP_LIMITS, max_seconds=600.0, max_decoded_frames=16_000)
_KEPT_PICTURES = {MediaKind.JPEG: "image/jpeg", MediaKind.PNG: "image/png"}
_LONGEST_SIDE = 1280
_FILE_BYTES = 2 * 2**30
# Processor time of a picture, of which 64 megapixels of noise take 20 s; and of a clip's header, after which it gets
# some per second that it says it has. Address space: 64 megapixels with transparency need 1.6 GB, 4K video 0.7 GB.
_PICTURE_SECONDS, _CLIP_SECONDS, _CPU_PER_SECOND = 60, 20, 1.5
_PICTURE_MEMORY, _CLIP_MEMORY = 2 * 2**30, 2**30
# Nobody hands these in as pictures of their own, and animation is not what a canvas shows.
_REFUSED = (MediaKind.BMP, MediaKind.TIFF, MediaKind.GIF)
_JPEG_QUALITY = 95


def give_up_rights(limits: ClipLimits = CLIP_LIMITS) -> None:
    """Limit what this process may take, at most for a clip as long as the limits allow; there is no way back."""
    for what, limit in (
        (resource.RLIMIT_CPU, round(_CLIP_SECONDS + _CPU_PER_SECOND * limits.max_seconds)),
        (resource.RLIMIT_AS, _PICTURE_MEMORY),
        (resource.RLIMIT_FSIZE, _FILE_BYTES),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 512),
    ):
        _limit(what, limit)
    _limit_cpu(_PICTURE_SECONDS)


def _limit(what: int, limit: int) -> None:
    _, most = resource.getrlimit(what)
    limited = limit if most == resource.RLIM_INFINITY else min(limit, most)
    resource.setrlimit(what, (limited, limited))


def _limit_cpu(seconds: float) -> None:
    """Processor time from the start of the process; may be raised up to what was given in the beginning."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (min(round(seconds), most), most))


def _allow_seconds(seconds: float) -> None:
    _limit_cpu(_CLIP_SECONDS + _CPU_PER_SECOND * seconds)


def take_in(source: Path, folder: Path, *, on_length: Callable[[float], None] = lambda _: None) -> dict[str, Any]:
    """Make a clean copy of a file.

    Args:
        source: What was uploaded.
        folder: Where the copy goes, named by its kind.
        on_length: Told how many seconds a clip may have, once its header was found acceptable.

    Returns:
        What the copy is.

    Raises:
        MediaError: If the file is of no kind that is taken, damaged, or too large.
    """
    with source.open("rb") as file:
        kind = sniff(file.read(HEAD_BYTES))
    if kind in _REFUSED:
        raise MediaKindError(
            f"the file is a {kind.value}, which is not taken; use JPG, PNG, WebP or AVIF", kind=kind.value
        )
    if kind in IMAGE_KINDS:
        return _image(source, folder, kind)
    if kind in CLIP_KINDS:
        return _clip(source, folder, on_length)
    raise MediaError(f"the file is a {kind.value}, which is not taken")


def _image(source: Path, folder: Path, kind: MediaKind) -> dict[str, Any]:
    probe_image(source, limits=IMAGE_LIMITS)
    pixels = load_image(source, limits=IMAGE_LIMITS)
    picture = Image.fromarray(pixels)
    is_jpeg = kind is MediaKind.JPEG
    target = folder / ("clean.jpg" if is_jpeg else "clean.png")
    buffer = io.BytesIO()
    if is_jpeg:
        picture.save(buffer, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    else:
        picture.save(buffer, "PNG", optimize=False)
    target.write_bytes(buffer.getvalue())
    return {
        "kind": "image",
        "file": target.name,
        "mime_type": "image/jpeg" if is_jpeg else "image/png",
        "width": picture.width,
        "height": picture.height,
        "frames": 1,
        "recipe": "",
    }


def _clip(source: Path, folder: Path, on_length: Callable[[float], None]) -> dict[str, Any]:
    info = probe_clip(source, limits=CLIP_LIMITS)
    scale = min(1.0, _LONGEST_SIDE / max(info.width, info.height))
    width, height = (max(2, round(side * scale / 2) * 2) for side in (info.width, info.height))
    on_length(info.seconds or CLIP_LIMITS.max_seconds)
    medias, init, frames = [], b"", 0
    for index, second in enumerate(read_seconds(source, width, height, Fit.STRETCH)):
        fragment = encode_fragment(second, index=index, start_frame=frames)
        init, frames = init or fragment.init, frames + len(second)
        # A header may say less than there is, or nothing.
        if frames > CLIP_LIMITS.max_seconds * FRAMES_PER_SECOND:
            raise MediaError(
                f"a clip may last up to {CLIP_LIMITS.max_seconds:g} seconds, this one is longer; cut it first"
            )
        medias.append(fragment.media)
    tags = read_tags(source, limits=CLIP_LIMITS)
    recipe = tags.get(RECIPE_TAG, "")
    target = folder / "clean.mp4"
    with target.open("w+b") as file:
        write_movie(file, init, medias, kept_tags(tags.get(FIELD, "")))
    return {
        "kind": "clip",
        "file": target.name,
        "mime_type": "video/mp4",
        "width": width,
        "height": height,
        "frames": frames,
        "duration_ms": round(frames * 1000 / FRAMES_PER_SECOND),
        "recipe": recipe if recipe.startswith("{") else "",
    }


def look_at(source: Path, parts: list[int], *, on_length: Callable[[float], None] = lambda _: None) -> dict[str, Any]:
    """What a file is that a studio is said to have made, decoded to its end; nothing is written.

    Args:
        source: A picture or clip as the studio keeps them.
        parts: Of a take by seconds: the bytes of its init segment and of each fragment. Empty: of any other file.
        on_length: As in :func:`take_in`.

    Raises:
        MediaError: If it is none, or damaged.
    """
    with source.open("rb") as file:
        kind = sniff(file.read(HEAD_BYTES))
    if kind in _KEPT_PICTURES and not parts:
        pixels = load_image(source, limits=IMAGE_LIMITS)
        height, width = pixels.shape[:2]
        return _seen("image", _KEPT_PICTURES[kind], width, height, 1)
    if kind is not MediaKind.MP4:
        raise MediaError(f"the file is a {kind.value}, which no studio keeps")
    if parts:
        _check_parts(source.read_bytes(), parts)
    info = probe_clip(source, limits=KEPT_CLIP_LIMITS)
    on_length(info.seconds or KEPT_CLIP_LIMITS.max_seconds)
    frames = 0
    for second in read_seconds(source, info.width, info.height, Fit.STRETCH):
        frames += len(second)
        if frames > KEPT_CLIP_LIMITS.max_seconds * FRAMES_PER_SECOND:
            raise MediaError("the clip is longer than it says")
    return _seen("clip", "video/mp4", info.width, info.height, frames)


def _seen(kind: str, mime_type: str, width: int, height: int, frames: int) -> dict[str, Any]:
    duration = round(frames * 1000 / FRAMES_PER_SECOND) if kind == "clip" else 0
    facts: dict[str, Any] = {"kind": kind, "mime_type": mime_type, "width": width, "height": height}
    return {**facts, "frames": frames, "duration_ms": duration}


def _check_parts(data: bytes, parts: list[int]) -> None:
    """Each second stands where it belongs, and has its 24 frames."""
    init, at = data[: parts[0]], parts[0]
    for number, size in enumerate(parts[1:]):
        try:
            fragment = read_fragment(init, data[at : at + size])
        except (IndexError, KeyError, ValueError, OverflowError, ZeroDivisionError) as error:
            raise MediaError("a second is damaged") from error
        expected = (number, number * FRAMES_PER_SECOND, FRAMES_PER_SECOND, FRAMES_PER_SECOND)
        if (fragment.index, fragment.start_frame, fragment.frames, fragment.fps) != expected:
            raise MediaError("a second stands where another belongs")
        at += size
    if at != len(data):
        raise MediaError("there is more than the seconds")


def _why(error: GenerationError) -> dict[str, Any]:
    """What there is to tell a person beyond that a file cannot be read."""
    if isinstance(error, MediaKindError):
        return {"kind": error.kind}
    if isinstance(error, MediaTooLarge):
        return {"most_megapixels": IMAGE_LIMITS.max_pixels // 1_000_000}
    return {}


def _used() -> dict[str, float]:
    """What this process took; the kernel's own record of the peak would include whoever started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    peak = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {"peak_bytes": peak, "cpu_seconds": round(used.ru_utime + used.ru_stime, 2)}


def main(arguments: list[str]) -> int:
    """Do with the file named first what is wished, into the folder named second.

    The words after these are the wish: none takes the file in; ``look`` and numbers of bytes look at it
    (:func:`look_at`). The last word says whether the network was left.
    """
    wish = arguments[2:-1]
    give_up_rights(KEPT_CLIP_LIMITS if wish else CLIP_LIMITS)
    try:
        source = Path(arguments[0])
        with source.open("rb") as file:
            if sniff(file.read(HEAD_BYTES)) in CLIP_KINDS:
                _limit(resource.RLIMIT_AS, _CLIP_MEMORY)
                _limit_cpu(_CLIP_SECONDS)
        if wish[:1] == ["look"]:
            answer = look_at(source, [int(size) for size in wish[1:]], on_length=_allow_seconds)
        else:
            answer = take_in(source, Path(arguments[1]), on_length=_allow_seconds)
    except GenerationError as error:
        answer = {"error": error.code, "message": str(error), **_why(error)}
    except MemoryError:
        answer = {"error": "media_unreadable", "message": "the file needs too much memory"}
    answer["alone"] = arguments[-1] == "alone"
    answer |= _used()
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
