"""Clips of a family differ by a verb alone."""

from collections import Counter
from dataclasses import replace

import pytest
import torch

from generation.errors import ConfigError, RequestError
from generation.training.corpus.config import CorpusConfig
from generation.training.corpus.families import VERBS, VerbFamilies, second_alone
from generation.training.corpus.labels import CameraMove, SpriteVerb

CONFIG = CorpusConfig(height=32, width=32, frames=48, seed=3, canvas_size=128, pool_size=2, clips_per_canvas=4)


@pytest.fixture(scope="module")
def families():
    return VerbFamilies(CONFIG)


@pytest.fixture(scope="module")
def family(families):
    return families.batch(range(8, 16))


def test_a_family_begins_alike_and_ends_with_every_verb(family):
    beginnings = family.frames[:, :25].int()
    # The last second's first frame is still the same.
    for verb, beginning in zip(VERBS, beginnings, strict=True):
        apart = (beginning - beginnings[0]).abs()
        # A thing that will change its size is painted with finer filters all along.
        resized = verb in (SpriteVerb.GROW, SpriteVerb.SHRINK)
        assert float(apart.float().mean()) < 0.5 if resized else not apart.any()
    assert len({frames[-1].numpy().tobytes() for frames in family.frames}) == len(VERBS)
    assert [truth.sprites[0].actions[-1].verb for truth in family.truths] == list(VERBS)
    assert {truth.camera[1].move for truth in family.truths} == {CameraMove.HOLD}


def test_every_second_is_told_whole_in_words_of_its_own(family):
    for caption, seconds in zip(family.captions, family.second_captions, strict=True):
        assert caption == seconds[0]
        assert len(seconds) == 2
    # What a member says of its end is its own verb's.
    (grows,) = (words[1] for words, verb in zip(family.second_captions, VERBS, strict=True) if verb is SpriteVerb.GROW)
    assert any(stem in grows for stem in ("grow", "bigger", "larger", "expand"))
    assert len({words[1] for words in family.second_captions}) == len(VERBS)


def test_a_clip_is_the_same_bytes_by_itself(families, family):
    alone = families.batch([11])

    assert torch.equal(alone.frames[0], family.frames[3])
    assert (alone.captions[0], alone.second_captions[0]) == (family.captions[3], family.second_captions[3])


def test_half_of_the_families_begin_at_rest(families):
    openings = Counter(families.plan(8 * number).truth.sprites[0].actions[0].verb for number in range(200))

    # Half of them by intent, one in eight of the others, and those that would have left the picture.
    assert 0.5 <= openings[SpriteVerb.STAND] / 200 <= 0.75
    assert set(openings) == set(VERBS)


def test_what_acts_is_in_view_when_its_last_second_begins(families):
    for number in range(100):
        path = families.plan(8 * number).parts[0].path
        assert max(abs(path.x[24]), abs(path.y[24])) < 0.5


def test_a_second_alone_shows_nothing_of_the_others(families):
    truth = families.plan(9).truth

    alone = second_alone(truth, 1)

    assert alone.camera == truth.camera[1:]
    assert alone.sprites[0].actions == truth.sprites[0].actions[1:]
    assert not alone.change_seconds


@pytest.mark.parametrize("indices", [(), (-1,)])
def test_indices_are_numbers_from_nought(families, indices):
    with pytest.raises(RequestError, match="at least 0"):
        families.batch(indices)


def test_one_second_has_no_beginning_to_share():
    with pytest.raises(ConfigError, match="at least 2 s, got 1"):
        VerbFamilies(replace(CONFIG, frames=24))
