"""What is left of a photo."""

import pytest

from generation.evaluation.clips import find_photos
from generation.evaluation.reconstruction import enlarged_half, psnr, reconstruct_still
from generation.evaluation.stills import measure_stills
from generation.media.images import read_image
from tests.support.pipelines import tiny_pipeline, write_picture


def test_all_figures_are_of_the_same_photo(tmp_path):
    pipeline = tiny_pipeline(tmp_path / "cache")
    path = write_picture(tmp_path / "photo.png")
    (photo,) = find_photos(tmp_path, pixels=48 * 40, multiple=8)

    found = measure_stills(pipeline, photo)

    from generation.contract.requests import Fit

    picture = read_image(path, photo.width, photo.height, Fit.CROP)
    kept = reconstruct_still(pipeline.codec, picture, chunk_latent_frames=6)
    assert found.reconstruction == pytest.approx(psnr(kept, picture))
    assert found.reconstruction_from_half == pytest.approx(psnr(enlarged_half(kept), picture))
    assert found.photo_from_half == pytest.approx(psnr(enlarged_half(picture), picture))
    assert 0 < found.first_frame < 100
    assert (found.photo, found.width, found.height) == ("photo.png", photo.width, photo.height)
