"""Which chunks are in flight when."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.errors import RequestError
from generation.sampling.window import num_stages, plan_stages, released_num_chunks, stage_at
from generation.verification.transformer.schedules import check_schedules
from tests.support.golden import golden_case, require_agreement

clips = st.fixed_dictionaries(
    {"num_chunks": st.integers(1, 20), "window_size": st.integers(1, 8), "first_chunk": st.integers(0, 5)}
)

# Spec dit §6.3: 16 steps, a window of 4, 6 chunks; chunks in flight, blocks oldest first, what comes out.
WORKED_TABLE = [
    (0, range(1), (0,), None),
    (1, range(2), (1, 0), None),
    (2, range(3), (2, 1, 0), None),
    (3, range(4), (3, 2, 1, 0), 0),
    (4, range(1, 5), (3, 2, 1, 0), 1),
    (5, range(2, 6), (3, 2, 1, 0), 2),
    (6, range(3, 6), (3, 2, 1), 3),
    (7, range(4, 6), (3, 2), 4),
    (8, range(5, 6), (3,), 5),
]


@pytest.mark.parametrize(("index", "chunks", "blocks", "finished"), WORKED_TABLE)
def test_stages_are_those_of_the_worked_table(index, chunks, blocks, finished):
    stage = stage_at(index, num_chunks=6, window_size=4, first_chunk=0)

    assert stage.chunks == chunks
    assert stage.blocks == blocks
    assert (stage.first_chunk if stage.finishes_chunk else None) == finished


def test_stages_are_those_of_the_released_code():
    made = {comparison.what for comparison in require_agreement(check_schedules(golden_case("dit/schedules")))}

    assert {"chunks6_window4_offset2 clip_start", "chunks4_window1_offset1 t_end"} <= made


@given(clip=clips)
def test_every_chunk_passes_through_every_block_once_and_in_order(clip):
    blocks = {}
    for stage in plan_stages(**clip):
        for chunk, block in zip(stage.chunks, stage.blocks, strict=True):
            blocks.setdefault(chunk, []).append(block)

    first = clip["first_chunk"]
    assert blocks == {chunk: list(range(clip["window_size"])) for chunk in range(first, first + clip["num_chunks"])}


@given(clip=clips)
def test_older_chunks_are_always_cleaner(clip):
    for stage in plan_stages(**clip):
        assert all(older == younger + 1 for older, younger in pairwise(stage.blocks))


@given(clip=clips)
def test_one_chunk_enters_and_one_leaves_at_a_time(clip):
    stages = plan_stages(**clip)

    assert sum(stage.starts_chunk for stage in stages) == clip["num_chunks"]
    assert sum(stage.finishes_chunk for stage in stages) == clip["num_chunks"]
    for before, after in pairwise(stages):
        assert after.first_chunk == before.first_chunk + before.finishes_chunk
        assert after.stop_chunk == before.stop_chunk + after.starts_chunk
    assert len(stages) == num_stages(clip["num_chunks"], clip["window_size"])


@pytest.mark.parametrize(
    ("latent_frames", "prefix_frames", "generated"), [(24, 0, 4), (24, 1, 5), (24, 8, 5), (12, 12, 2), (12, 20, 3)]
)
def test_released_chunk_counts(latent_frames, prefix_frames, generated):
    assert released_num_chunks(latent_frames, prefix_frames, 6) == generated


@pytest.mark.parametrize(
    "clip",
    [
        {"num_chunks": 0, "window_size": 4, "first_chunk": 0},
        {"num_chunks": 3, "window_size": 0, "first_chunk": 0},
        {"num_chunks": 3, "window_size": 4, "first_chunk": -1},
    ],
)
def test_a_clip_that_generates_nothing_is_refused(clip):
    with pytest.raises(RequestError, match="at least 1 chunk"):
        plan_stages(**clip)


@pytest.mark.parametrize("index", [-1, 9])
def test_stages_outside_the_clip_are_refused(index):
    with pytest.raises(RequestError, match=r"stage must be in 0..8"):
        stage_at(index, num_chunks=6, window_size=4, first_chunk=0)
