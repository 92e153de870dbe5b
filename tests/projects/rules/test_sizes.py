"""How large takes are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.rules.sizes import aspect_of, size_for


@given(st.floats(0.01, 100), st.sampled_from([64 * 64, 256 * 256, 720 * 720]))
def test_a_size_is_whole_patches_about_as_large_as_asked(aspect, pixels):
    size = size_for(aspect, pixels=pixels)

    assert size.width % 16 == size.height % 16 == 0
    assert 0.5 <= size.width * size.height / pixels <= 2
    assert 0.25 <= size.width / size.height <= 4


def test_a_wide_picture_makes_a_wide_clip():
    assert size_for(16 / 9, pixels=256 * 256).width > 256


@pytest.mark.parametrize(("text", "aspect"), [("source", 1.5), ("", 1.5), ("16:9", 16 / 9), ("1:1", 1.0)])
def test_a_shape_is_the_sources_or_said(text, aspect):
    assert aspect_of(text, source=1.5) == aspect


@pytest.mark.parametrize("text", ["wide", "16/9", "0:1", "1:0", "1:", "-1:2"])
def test_another_word_is_refused(text):
    with pytest.raises(ValueError, match="aspect must be"):
        aspect_of(text, source=1)
