"""Letters on pictures: both languages, on every machine."""

import numpy as np
import pytest

from projects.media.lettering import lettering, shortened


def drawn(sign):
    font = lettering(24)
    mask = font.getmask(sign)
    return np.asarray(mask).reshape(mask.size[::-1])


@pytest.mark.parametrize("signs", ["海山风筝", "AIgé", "ありがとう", "한국어", "Привет"])
def test_each_sign_has_a_shape_of_its_own(signs):
    shapes = [drawn(sign) for sign in signs]
    missing = drawn("\U000e0fff")

    assert all(shape.max() > 128 for shape in shapes)
    assert len({shape.tobytes() for shape in (*shapes, missing)}) == len(set(signs)) + 1


def test_a_line_is_cut_where_the_width_ends():
    font = lettering(14)

    assert shortened("Kites  over\nthe sea", font, 500) == "Kites over the sea"
    cut = shortened("海" * 100, font, 100)
    assert cut.endswith("…")
    assert font.getlength(cut) <= 100 < font.getlength(cut[:-1] + "海…")
    assert shortened("海", font, 1) == "…"
