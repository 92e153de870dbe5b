"""Letters on pictures: both languages, on every machine."""

import numpy as np
import pytest

from projects.media.lettering import lettering, shortened, wrapped


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


def test_lines_are_broken_between_words_and_between_signs():
    font = lettering(14)

    lines = wrapped("a kite over the sea and a hill", font, 90, most=9)
    assert " ".join(lines) == "a kite over the sea and a hill"
    assert len(lines) > 1
    assert "".join(wrapped("海" * 30, font, 90, most=9)) == "海" * 30
    assert all(font.getlength(line) <= 90 for line in lines)
    few = wrapped("a kite over the sea and a hill", font, 60, most=2)
    assert len(few) == 2
    assert few[-1].endswith("…")
    assert "".join(wrapped("x" * 60, font, 90, most=9)) == "x" * 60
    # No line begins with a stop.
    assert not any(line.startswith("。") for line in wrapped("海山。" * 20, font, 90, most=20))
    assert wrapped("  ", font, 90, most=3) == []
