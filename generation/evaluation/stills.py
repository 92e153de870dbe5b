"""How much of a photo is left: after the autoencoder alone, and in the first frame of a clip that starts from it."""

from dataclasses import dataclass

from generation.contract.requests import Fit
from generation.evaluation.clips import Photo, make_clip, request_for
from generation.evaluation.reconstruction import enlarged_half, psnr, reconstruct_still
from generation.media.images import read_image
from generation.pipeline.pipeline import VideoPipeline


@dataclass(frozen=True, kw_only=True, slots=True)
class StillFigures:
    """Of one photo, in dB."""

    photo: str
    width: int
    height: int
    reconstruction: float
    # The same halved and enlarged: what a decoder of half the size could be enlarged to, at best.
    reconstruction_from_half: float
    # The photo itself halved and enlarged: what half the size loses of it.
    photo_from_half: float
    first_frame: float


def measure_stills(pipeline: VideoPipeline, photo: Photo) -> StillFigures:
    """Measure one photo, with a camera that is told to hold.

    Raises:
        MediaError: If the photo cannot be read.
    """
    picture = read_image(photo.path, photo.width, photo.height, Fit.CROP)
    kept = reconstruct_still(pipeline.codec, picture, chunk_latent_frames=pipeline.dit.config.chunk_latent_frames)
    clip = make_clip(pipeline, request_for(photo, ("static shot",), seconds=1, seed=0))
    return StillFigures(
        photo=photo.path.name,
        width=photo.width,
        height=photo.height,
        reconstruction=psnr(kept, picture),
        reconstruction_from_half=psnr(enlarged_half(kept), picture),
        photo_from_half=psnr(enlarged_half(picture), picture),
        first_frame=psnr(clip[0], picture),
    )
