"""Pictures, read and scaled to the clip's size, as two versions of ffmpeg did."""

import hashlib
import re
from collections.abc import Iterator

import torch
from torch import Tensor

from generation.contract.requests import ClipEnd, Fit
from generation.media.images import Reading, probe_image, read_image
from generation.media.scaling import Scaler
from generation.media.sniffing import MediaKind
from generation.media.video import ClipOptions, read_clip
from generation.verification.case import GoldenCase
from generation.verification.measures import Comparison, compare, compare_fact
from generation.verification.record import CaseError, Record
from generation.verification.tolerances import EXACT

FITS = {"fit": Fit.STRETCH, "crop": Fit.CROP, "pad": Fit.PAD}
NEWER_SUFFIX = "_ffmpeg7"
CLIP_START = re.compile(r"video_(\w+)_first(\d+)")


def check_pictures(case: GoldenCase) -> Iterator[Comparison]:
    """Read every picture as the released code did with ffmpeg 4."""
    for name, picture in case.record.named_records("cases").items():
        pixels = _read(case, picture, Reading.AS_RELEASED, Scaler.BILINEAR)
        yield compare(name, pixels, case.tensor(name), EXACT)
        if "sha256_of_output" in picture:
            digest = hashlib.sha256(pixels.numpy().tobytes()).hexdigest()
            yield compare_fact(f"{name}, sha256", digest, picture.text("sha256_of_output"))


def check_pictures_newer(case: GoldenCase) -> Iterator[Comparison]:
    """Read the pictures of the case beside it as the released code did with ffmpeg 7."""
    pictures = case.beside(case.name.replace(NEWER_SUFFIX, ""), lambda other: _lists(other, set(case.tensor_names)))
    calls = pictures.record.named_records("cases")
    for name in case.tensor_names:
        if match := CLIP_START.fullmatch(name):
            found = _clip_start(case, match[1], frames=int(match[2]))
        elif name in calls:
            found = _read(case, calls[name], _newer_reading(case, calls[name]), Scaler.BICUBIC)
        else:
            raise CaseError(f"{pictures.path.name} must say how {name} was made")
        yield compare(name, found, case.tensor(name), EXACT)


def golden_fit(picture: Record) -> Fit:
    """How a picture is brought to its size; policies that the released code does not know mean stretching there."""
    return FITS.get(picture.text_or("aspect_policy", "fit"), Fit.STRETCH)


def _read(case: GoldenCase, picture: Record, reading: Reading, scaler: Scaler) -> Tensor:
    """One picture, ``(1, H, W, 3)`` uint8."""
    pixels = read_image(
        case.file(picture.text("file")),
        picture.integer("w"),
        picture.integer("h"),
        golden_fit(picture),
        reading=reading,
        scaler=scaler,
    )
    return torch.from_numpy(pixels)[None]


def _newer_reading(case: GoldenCase, picture: Record) -> Reading:
    # That version turns photographs upright, and still drops alpha.
    is_photograph = probe_image(case.file(picture.text("file"))).kind is MediaKind.JPEG
    return Reading.AS_SHOWN if is_photograph else Reading.AS_RELEASED


def _lists(other: GoldenCase, names: set[str]) -> bool:
    """Whether a case says how pictures of these names are read."""
    return bool(names & _calls(other, "aspect_policy").keys())


def _calls(other: GoldenCase, entry: str) -> dict[str, Record]:
    """What a case lists by name, as far as it has an entry; nothing if it is of another kind."""
    try:
        return {name: call for name, call in other.record.named_records("cases").items() if entry in call}
    except CaseError:
        return {}


def _clip_start(case: GoldenCase, label: str, *, frames: int) -> Tensor:
    """The first frames of the clip whose name begins with the label, by the case beside this one."""

    def matching(other: GoldenCase) -> list[Record]:
        return [clip for name, clip in _calls(other, "prefix_frame").items() if name.startswith(label)]

    clips = case.beside("pre_video", lambda other: bool(matching(other)))
    clip = matching(clips)[0]
    pixels = read_clip(
        clips.file(clip.text("file")), clip.integer("w"), clip.integer("h"), Fit.STRETCH, frames=frames,
        end=ClipEnd.FIRST, options=ClipOptions(fps=clip.integer("target_fps"), scaler=Scaler.BICUBIC),
    )  # fmt: skip
    return torch.from_numpy(pixels)
