"""A film's pieces: whole seconds are copied, the rest is encoded, nothing is lost or shown twice."""

from hypothesis import given
from hypothesis import strategies as st

from projects.rules.film_plan import Clip, film_frames, plan_film


def clip(source="a", *, start=0, stop=72, frames=72, dissolve=0, size=(64, 48)) -> Clip:
    return Clip(source=source, width=size[0], height=size[1], frames=frames, start=start, stop=stop, dissolve=dissolve)


def test_whole_seconds_of_the_films_size_are_copied():
    assert [piece.second for piece in plan_film([clip()], width=64, height=48)] == [0, 1, 2]


def test_another_size_is_encoded():
    assert {piece.second for piece in plan_film([clip()], width=128, height=96)} == {-1}


def test_a_trim_encodes_only_the_seconds_it_touches():
    pieces = plan_film([clip(start=10, stop=60)], width=64, height=48)

    assert [(piece.start, piece.stop, piece.second) for piece in pieces] == [(10, 24, -1), (24, 48, 1), (48, 60, -1)]


def test_a_dissolve_shows_both_clips_at_once():
    pieces = plan_film([clip("a"), clip("b", dissolve=12)], width=64, height=48)

    mixed = [piece for piece in pieces if piece.other]
    assert [(it.source, it.start, it.stop, it.other, it.other_start, it.mixed_of) for it in mixed] == [
        ("a", 60, 72, "b", 0, 12)
    ]
    assert film_frames([clip("a"), clip("b", dissolve=12)]) == 132


def test_a_dissolve_is_never_longer_than_half_a_clip():
    assert film_frames([clip("a"), clip("b", stop=10, dissolve=24)]) == 72 + 10 - 5


CLIPS = st.builds(
    lambda start, length, dissolve: clip(start=start, stop=start + length, frames=240, dissolve=dissolve),
    st.integers(0, 100), st.integers(1, 100), st.sampled_from([0, 0, 4, 12, 24]),
)  # fmt: skip


@given(st.lists(CLIPS, min_size=1, max_size=6))
def test_pieces_are_short_and_fill_the_film_exactly(clips):
    pieces = plan_film(clips, width=64, height=48)

    assert all(1 <= piece.frames <= 24 for piece in pieces)
    mixed = sum(piece.frames for piece in pieces if piece.other)
    assert sum(piece.frames for piece in pieces) == sum(it.stop - it.start for it in clips) - mixed
