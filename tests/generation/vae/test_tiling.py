"""Tile plans: every cell covered once, in order, and the released counts."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.errors import ConfigError
from generation.vae.tiling import (
    covering_tiles,
    released_tiles,
    seamless_decode_windows,
    seamless_encode_windows,
)
from generation.verification.autoencoder.tile_plans import check_tile_plans
from tests.support.golden import golden_case, require_agreement

QUARTER = 0.25
TILES = st.sampled_from([4, 8, 16, 32, 64])


def reads(tiles, scale=1):
    return [[tile.start * scale, tile.stop * scale] for tile in tiles]


def test_tiles_windows_and_their_processes_are_the_released_ones():
    made = {comparison.what for comparison in require_agreement(check_tile_plans(golden_case("vae/tile_parallel")))}

    assert {"real_vae_encode 720x1280x32 W", "real_vae_decode_latent 720x720x4 T", "processes 0"} <= made


def assert_shows_every_cell_once(tiles, length):
    assert tiles[0].seam == 0
    assert tiles[-1].shown_until == length
    for before, after in pairwise(tiles):
        assert before.shown_until == after.seam
        assert before.start < after.start
    for tile in tiles:
        assert tile.start <= tile.seam < tile.shown_until <= tile.stop <= length


@given(length=st.integers(1, 400), tile=TILES, plan=st.sampled_from([released_tiles, covering_tiles]))
def test_every_cell_is_shown_once_and_fades_lie_inside_both_tiles(length, tile, plan):
    tiles = plan(length, tile=tile, overlap=QUARTER)

    assert_shows_every_cell_once(tiles, length)
    assert tiles[0].blend == 0
    for before, after in pairwise(tiles):
        assert after.seam + after.blend <= min(before.stop, after.stop)


@given(length=st.integers(1, 400), tile=TILES)
def test_released_count_is_length_over_stride_rounded_up(length, tile):
    assert len(released_tiles(length, tile=tile, overlap=QUARTER)) == -(-length // (tile * 3 // 4))


@given(length=st.integers(1, 400), tile=TILES)
def test_covering_tiles_are_the_fewest_all_full_and_never_fade_twice(length, tile):
    tiles = covering_tiles(length, tile=tile, overlap=QUARTER)

    assert {place.stop - place.start for place in tiles} == {min(tile, length)}
    assert len(tiles) <= len(released_tiles(length, tile=tile, overlap=QUARTER))
    # One tile fewer could not reach the end.
    assert len(tiles) == 1 or (len(tiles) - 1) * (tile * 3 // 4) + tile // 4 < length
    for place in tiles[1:]:
        assert place.blend == tile // 4
        assert place.seam + place.blend <= place.shown_until


def test_a_side_of_one_tile_gets_two_as_released_and_one_to_cover():
    assert reads(released_tiles(32, tile=32, overlap=QUARTER)) == [[0, 32], [24, 32]]
    assert reads(covering_tiles(32, tile=32, overlap=QUARTER)) == [[0, 32]]


def test_covering_tiles_are_evenly_spread():
    assert reads(covering_tiles(90, tile=32, overlap=QUARTER)) == [[0, 32], [19, 51], [39, 71], [58, 90]]


@pytest.mark.parametrize("overlap", [-0.5, 1.0])
def test_overlap_of_a_whole_tile_is_refused(overlap):
    with pytest.raises(ConfigError, match="overlap"):
        released_tiles(10, tile=8, overlap=overlap)


def test_covering_tiles_refuse_to_share_more_than_a_third():
    with pytest.raises(ConfigError, match="third"):
        covering_tiles(10, tile=8, overlap=0.5)


WINDOWS = {"chunk": 6, "run": 2, "left": 1, "right": 1}


@given(
    length=st.integers(1, 40),
    context=st.integers(0, 3),
    run=st.sampled_from([1, 2, 3, 6]),
    left=st.integers(0, 2),
    right=st.integers(0, 2),
)
def test_decode_windows_show_every_new_latent_frame_once_and_see_around_it(length, context, run, left, right):
    windows = seamless_decode_windows(length + context, context=context, chunk=6, run=run, left=left, right=right)

    shown = [frame for window in windows for frame in range(window.keep_start, window.keep_stop)]
    assert shown == list(range(context, length + context))
    for window in windows:
        chunk_stop = context + ((window.keep_start - context) // 6 + 1) * 6
        assert 0 <= window.start <= window.keep_start < window.keep_stop <= window.stop
        # Never past the chunk or the clip; what is missing there is repeated.
        assert window.stop <= min(chunk_stop, length + context)
        assert window.keep_start - window.start >= min(left, window.keep_start)
        assert window.stop - window.keep_stop + window.repeats >= right
        assert window.stop - window.start + window.repeats <= left + run + right


@given(chunks=st.integers(1, 4), rest=st.integers(0, 5), run=st.sampled_from([1, 2, 3, 6]))
def test_decode_windows_of_a_chunk_are_those_of_the_whole_clip(chunks, rest, run):
    plan = {**WINDOWS, "run": run}
    length = 6 * chunks + rest
    views = []
    for start in range(0, length, 6):
        context = 1 if start else 0
        for window in seamless_decode_windows(min(6, length - start) + context, context=context, **plan):
            offset = start - context
            views.append((window.start + offset, window.stop + offset, window.repeats, window.keep_start + offset))

    whole = seamless_decode_windows(length, context=0, **plan)

    assert views == [(window.start, window.stop, window.repeats, window.keep_start) for window in whole]


def test_a_window_is_computed_once_even_if_two_runs_would_see_the_same():
    windows = seamless_decode_windows(6, context=0, chunk=6, run=1, left=1, right=1)

    assert [(window.start, window.keep_start, window.keep_stop) for window in windows[:2]] == [(0, 0, 2), (1, 2, 3)]


@given(length=st.integers(1, 60), run=st.integers(1, 6))
def test_encode_windows_keep_every_latent_frame_once_and_end_in_full_windows(length, run):
    windows = seamless_encode_windows(length, run=run)

    kept = [frame for window in windows for frame in range(window.keep_start, window.keep_stop)]
    assert kept == list(range(length))
    for window in windows:
        assert window.stop - window.start == min(run, length)
    if length >= run:
        assert (windows[-1].keep_start, windows[-1].keep_stop) == (length - run, length)
