"""A clip in the making, as an iterator."""

import itertools

import pytest

from generation.errors import Cancelled


def test_chunks_carry_the_state_after_them(pipeline, ask):
    for chunk in pipeline.start(ask(seconds=3)):
        assert chunk.state.num_finished_chunks == chunk.index + 1


def test_clip_asked_to_stop_can_go_on_later(pipeline, ask):
    whole = [chunk.frames for chunk in pipeline.generate(ask(seconds=3))]
    steps_left = itertools.count(5, -1)
    clip = pipeline.start(ask(seconds=3)).watch(should_stop=lambda: next(steps_left) == 0)

    chunks = []
    with pytest.raises(Cancelled):
        chunks.extend(iter(clip))
    clip.watch()
    chunks += list(clip)

    # What was under way when it stopped is made again.
    assert all(frames.equal(chunk.frames) for frames, chunk in zip(whole[-len(chunks) :], chunks, strict=True))
    assert clip.state.is_finished


def test_finished_clip_yields_nothing_more(pipeline, ask):
    clip = pipeline.start(ask(seconds=1))

    assert len(list(clip)) == 1
    assert list(clip) == []


def test_frames_do_not_depend_on_how_many_were_asked_for_at_once(pipeline, ask):
    """A chunk is shown before the next one is made; it must not depend on what comes."""
    clip = iter(pipeline.start(ask(seconds=3)))
    first = next(clip).frames.clone()

    rest = list(clip)

    assert len(rest) == 2
    assert first.equal(next(iter(pipeline.start(ask(seconds=3)))).frames)
