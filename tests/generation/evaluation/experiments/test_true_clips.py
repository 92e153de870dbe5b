"""Clips as they happened, and the model's try at their next second."""

import torch

from generation.evaluation.experiments.true_clips import encoded, second_after, shown, true_clips
from generation.training.corpus.config import CorpusConfig
from tests.support.pipelines import tiny_pipeline

CORPUS = CorpusConfig(height=16, width=16, frames=48, canvas_size=64, pool_size=2, clips_per_canvas=16)


def test_clips_are_the_same_every_time_and_however_many_are_asked_for(tmp_path):
    pipeline = tiny_pipeline(tmp_path)

    (first,) = true_clips(pipeline, CORPUS, clips=1)
    again, other = true_clips(pipeline, CORPUS, clips=2)

    assert torch.equal(first.frames, again.frames)
    assert torch.equal(first.latents, again.latents)
    assert first.caption == again.caption
    assert not torch.equal(again.frames, other.frames)
    assert first.frames.shape == (48, 16, 16, 3)
    assert first.latents.shape[2] == 12


def test_latents_are_those_that_the_pipeline_makes_of_the_same_frames(tmp_path):
    pipeline = tiny_pipeline(tmp_path)
    (clip,) = true_clips(pipeline, CORPUS, clips=1)

    latents, picture = encoded(pipeline, clip.frames)

    # Cached latents are bfloat16.
    torch.testing.assert_close(latents, pipeline.codec.encode(clip.frames), rtol=0.02, atol=0.02)
    torch.testing.assert_close(picture, pipeline.codec.encode(clip.frames[:1]), rtol=0.02, atol=0.02)


def test_a_second_follows_whole_chunks_and_begins_with_a_picture(tmp_path):
    pipeline = tiny_pipeline(tmp_path)
    (clip,) = true_clips(pipeline, CORPUS, clips=1)
    picture = clip.latents[:, :, :1]

    followed = second_after(pipeline, clip.latents[:, :, :6], prompt=clip.caption, seed=3)
    begun = second_after(pipeline, picture, prompt=clip.caption, seed=3)

    assert followed.shape == begun.shape == clip.latents[:, :, :6].shape
    assert torch.equal(begun[:, :, :1], picture)
    assert not torch.equal(followed[:, :, :1], picture)
    assert torch.equal(followed, second_after(pipeline, clip.latents[:, :, :6], prompt=clip.caption, seed=3))


def test_what_stands_before_a_second_is_seen_in_its_first_frames(tmp_path):
    pipeline = tiny_pipeline(tmp_path)
    (clip,) = true_clips(pipeline, CORPUS, clips=1)
    first, second = clip.latents[:, :, :6], clip.latents[:, :, 6:]

    with_past, alone = shown(pipeline, second, before=first), shown(pipeline, second, before=None)

    assert with_past.shape == alone.shape == (24, 16, 16, 3)
    assert not torch.equal(with_past[:4], alone[:4])
