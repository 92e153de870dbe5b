"""From a request to frames: how many, how large, and the same every time."""

import pytest
import torch

from generation.errors import NumericsError, OutOfMemory, RequestError, StateError
from generation.pipeline.clip_warnings import PromptWarning, ShortPrefixWarning, SizeWarning
from tests.support.pipelines import all_frames, tiny_pipeline, write_clip


@pytest.mark.parametrize("seconds", [1, 3])
def test_seconds_are_24_frames_each(pipeline, ask, seconds, picture, tmp_path):
    clip = str(write_clip(tmp_path / "clip.mp4", frames=30))
    requests = (ask(seconds=seconds), ask(seconds=seconds, image_path=picture), ask(seconds=seconds, video_path=clip))

    for request in requests:
        chunks = list(pipeline.generate(request))

        assert [chunk.index for chunk in chunks] == list(range(seconds))
        assert all(chunk.frames.shape == (24, 24, 32, 3) for chunk in chunks)
        assert all(chunk.frames.dtype == torch.uint8 for chunk in chunks)


# Spec vae §3.5: frames that the released code makes of 96.
def test_reference_gives_the_released_frame_counts(reference_pipeline, ask, picture, tmp_path):
    clip = str(write_clip(tmp_path / "clip.mp4", frames=48))
    requests = (ask(seconds=4), ask(seconds=4, image_path=picture), ask(seconds=4, video_path=clip))

    counts = [len(all_frames(reference_pipeline.generate(request))) for request in requests]

    assert counts == [96, 120, 109]


def test_frames_have_the_size_that_was_asked(pipeline, ask):
    (chunk,) = pipeline.generate(ask(seconds=1, width=34, height=26))

    assert chunk.frames.shape == (24, 26, 34, 3)


def test_frames_smaller_than_the_model_size_are_its_middle(pipeline, ask):
    (whole,) = pipeline.generate(ask(seconds=1, width=40, height=32))
    (part,) = pipeline.generate(ask(seconds=1, width=36, height=30))

    assert part.frames.equal(whole.frames[:, 1:31, 2:38])


def test_same_request_gives_the_same_clip(pipeline, ask):
    assert all_frames(pipeline.generate(ask())).equal(all_frames(pipeline.generate(ask())))


def test_other_seed_gives_another_clip(pipeline, ask):
    assert not all_frames(pipeline.generate(ask(seed=1))).equal(all_frames(pipeline.generate(ask(seed=2))))


def test_prompt_of_a_second_reaches_that_second(cache, ask):
    # One chunk at a time, so that a later prompt cannot be seen earlier.
    pipeline = tiny_pipeline(cache, window_size=1)
    first = list(pipeline.generate(ask(prompts=("waves", "waves"))))
    second = list(pipeline.generate(ask(prompts=("waves", "a cat jumps"))))

    assert first[0].frames.equal(second[0].frames)
    assert not first[1].frames.equal(second[1].frames)


def test_one_prompt_is_that_prompt_every_second(pipeline, ask):
    once, twice = ask(prompts=("waves",)), ask(prompts=("waves", "waves"))

    assert all_frames(pipeline.generate(once)).equal(all_frames(pipeline.generate(twice)))


def test_picture_changes_the_clip(pipeline, ask, picture):
    assert not all_frames(pipeline.generate(ask())).equal(all_frames(pipeline.generate(ask(image_path=picture))))


def test_everything_to_be_told_comes_with_the_clip(pipeline, ask, tmp_path):
    clip = str(write_clip(tmp_path / "clip.mp4", frames=5))

    clip = pipeline.start(ask(width=33, video_path=clip, prompts=("waves 海",)))

    assert [type(warning) for warning in clip.warnings] == [SizeWarning, ShortPrefixWarning, PromptWarning]


def test_clip_goes_on_from_a_state_with_the_same_bytes(pipeline, ask, picture):
    request = ask(seconds=3, image_path=picture)
    whole = list(pipeline.generate(request))
    begun = pipeline.start(request)
    first = next(iter(begun))

    rest = list(pipeline.resume(request, begun.texts, first.state, context=first.latents))

    assert [chunk.index for chunk in rest] == [1, 2]
    assert all_frames([first, *rest]).equal(all_frames(whole))


def test_state_of_other_weights_is_refused(pipeline, cache, ask):
    begun = pipeline.start(ask())
    other = tiny_pipeline(cache, seed=1)

    clip = other.resume(ask(), begun.texts, begun.state, context=None)

    with pytest.raises(StateError, match="other weights"):
        next(iter(clip))


def test_what_cannot_be_made_is_refused_at_once(pipeline, ask):
    with pytest.raises(RequestError):
        pipeline.generate(ask(width=16, height=16, seconds=1, prompts=("",)))


def test_watchers_see_steps_states_and_can_stop(pipeline, ask):
    steps, states = [], []
    clip = pipeline.start(ask(seconds=2)).watch(on_step=steps.append, on_state=states.append)

    chunks = list(clip)

    # Three stages of two steps; only the first ends without a chunk.
    assert len(steps) == 6
    assert [state.stage for state in states] == [1]
    assert [chunk.state.stage for chunk in chunks] == [2, 3]


@pytest.mark.parametrize(
    "error",
    [torch.OutOfMemoryError("CUDA out of memory"), MemoryError(), RuntimeError("CPU: can't allocate memory")],
)  # fmt: skip
def test_running_out_of_memory_says_what_to_ask_for_instead(cache, ask, error):
    pipeline = tiny_pipeline(cache)

    def fail(*_args, **_words):
        raise error

    pipeline.dit.forward = fail

    with pytest.raises(OutOfMemory, match="smaller size than 32x24, or a window of 1"):
        list(pipeline.generate(ask()))


def test_running_out_of_memory_while_a_picture_is_encoded_is_said_too(cache, ask, picture):
    pipeline = tiny_pipeline(cache)

    def fail(*_args, **_words):
        raise MemoryError

    pipeline.codec.vae.encode = fail

    with pytest.raises(OutOfMemory):
        pipeline.generate(ask(image_path=picture))


def test_nan_stops_the_clip(cache, ask):
    pipeline = tiny_pipeline(cache)
    parameter = next(pipeline.dit.parameters())
    parameter.data.fill_(torch.nan)

    with pytest.raises(NumericsError):
        list(pipeline.generate(ask()))


def test_text_encoder_can_be_freed_and_comes_back(tmp_path, ask):
    pipeline = tiny_pipeline(tmp_path)
    before = all_frames(pipeline.generate(ask()))
    assert pipeline.prompts.encoder.is_loaded

    pipeline.free_text_encoder()

    assert not pipeline.prompts.encoder.is_loaded
    assert all_frames(pipeline.generate(ask())).equal(before)
    assert not all_frames(pipeline.generate(ask(prompts=("another",)))).equal(before)
