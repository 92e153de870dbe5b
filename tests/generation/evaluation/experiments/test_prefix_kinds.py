"""A second to go on from, or its last frame."""

from dataclasses import replace

import pytest
import torch

from generation.evaluation.experiments import prefix_kinds
from generation.evaluation.experiments.prefix_kinds import Prefix, try_prefixes, without_speed
from generation.training.corpus.config import CameraMix, CorpusConfig
from generation.training.corpus.labels import CameraMove
from tests.support.pipelines import tiny_pipeline

MIX = CameraMix(**{each.value: float(each is CameraMove.PAN_LEFT) for each in CameraMove}, slow=0, normal=0, fast=1)
CORPUS = CorpusConfig(
    height=16, width=16, frames=48, canvas_size=64, pool_size=2, clips_per_canvas=16, plain_captions=True, camera=MIX
)


def test_both_ways_are_told_the_same_with_and_without_the_speed(tmp_path):
    trials = try_prefixes(tiny_pipeline(tmp_path), CORPUS, clips=1)

    assert [(each.prefix, each.prompt) for each in trials] == [
        (prefix, prompt) for prefix in (Prefix.SECOND, Prefix.PICTURE) for prompt in ("fast pan left", "pan left")
    ]
    assert {each.caption for each in trials} == {"fast pan left"}
    assert len({each.still_pixels for each in trials}) == 1


def test_a_clip_without_a_speed_is_made_once_in_each_way(tmp_path):
    normal = replace(CORPUS, camera=replace(MIX, fast=0, normal=1))

    trials = try_prefixes(tiny_pipeline(tmp_path), normal, clips=1)

    assert [each.prompt for each in trials] == ["pan left"] * 2


def test_who_makes_what_happened_is_as_near_as_the_decoder_lets_it(tmp_path, monkeypatch):
    pipeline = tiny_pipeline(tmp_path)
    seen = []

    def prophet(pipeline, prefix, *, prompt, seed):
        """Knows the clip: told apart by how much it is given."""
        seen.append(prefix.shape[2])
        clip = next(iter(prefix_kinds.true_clips(pipeline, CORPUS, clips=1)))
        if prefix.shape[2] == 6:
            assert torch.equal(prefix, clip.latents[:, :, :6])
            return clip.latents[:, :, 6:]
        # The last frame of the first second, and what stands where it is the first frame of a second.
        latents, picture = prefix_kinds.encoded(pipeline, clip.frames[23:47])
        assert torch.equal(prefix, picture)
        return latents

    monkeypatch.setattr(prefix_kinds, "second_after", prophet)

    trials = try_prefixes(pipeline, CORPUS, clips=1)

    assert set(seen) == {1, 6}
    for trial in trials:
        assert trial.pixels == pytest.approx(trial.decoded_pixels)
        assert trial.distance.distance == 0


def test_frames_are_compared_at_the_size_and_moment_of_what_happened(tmp_path, monkeypatch):
    pipeline = tiny_pipeline(tmp_path)
    clip = next(iter(prefix_kinds.true_clips(pipeline, CORPUS, clips=1)))

    def perfect(pipeline, second, *, before):
        """A decoder that draws what was painted, whichever frame the second begins with."""
        return clip.frames[24:] if before is not None else clip.frames[23:47]

    monkeypatch.setattr(prefix_kinds, "shown", perfect)

    trials = try_prefixes(pipeline, CORPUS, clips=1)

    assert all(each.pixels == 0 for each in trials)
    assert all(each.still_pixels > 1 for each in trials)


@pytest.mark.parametrize(
    ("caption", "left"),
    [("fast pan left", "pan left"), ("slow zoom in", "zoom in"), ("static shot", "static shot"), ("roll", "roll")],
)
def test_speed_is_taken_out_of_words(caption, left):
    assert without_speed(caption) == left


def test_pixels_come_back_at_the_encoder_s_size(tmp_path):
    frames = torch.randint(0, 256, (2, 16, 16, 3), dtype=torch.uint8)

    assert torch.equal(prefix_kinds._at_encoder_size(tiny_pipeline(tmp_path), frames), frames)
