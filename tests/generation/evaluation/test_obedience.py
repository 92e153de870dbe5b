"""Obedience is counted, and asked for with every word."""

from pathlib import Path

import pytest

from generation.evaluation.camera_motion import CameraMotion, measure_motion
from generation.evaluation.clips import Photo, find_photos, make_clip, request_for
from generation.evaluation.obedience import (
    WORDINGS,
    WORDS,
    SpeedTrial,
    TurnTrial,
    WordTrial,
    share_obeyed,
    try_speeds,
    try_turns,
    try_words,
    zoom_share,
)
from generation.pipeline.loading import load_preset
from generation.presets import find_preset
from generation.training.corpus.labels import CameraMove
from tests.support.pipelines import tiny_pipeline, write_picture

pytest.importorskip("cv2")


def trial(words, **motion):
    still = {"x": 0.0, "y": 0.0, "zoom": 0.0, "turn": 0.0, "measured": 1.0}
    return WordTrial(photo="a", words=words, seed=0, wanted=WORDS[words], motion=CameraMotion(**(still | motion)))


@pytest.fixture
def photos(tmp_path):
    write_picture(tmp_path / "photo.png", size=(48, 40))
    return find_photos(tmp_path, pixels=48 * 40, multiple=8)


@pytest.fixture
def pipeline(tmp_path):
    return tiny_pipeline(tmp_path / "cache")


def test_content_moves_against_the_camera():
    assert trial("pan left", x=0.2).is_obeyed
    assert not trial("pan right", x=0.2).is_obeyed
    assert trial("tilt up", y=0.2).is_obeyed
    assert trial("zoom in", zoom=0.3, x=0.05).is_obeyed
    assert trial("roll clockwise", turn=-15).is_obeyed


def test_no_motion_obeys_no_word():
    assert trial("zoom out").motion.move is CameraMove.HOLD
    assert share_obeyed([trial(words) for words in WORDS]) == 0


def test_shares_are_of_all_or_of_one_word():
    trials = [trial("pan left", x=0.2), trial("pan left"), trial("tilt up", y=0.2), trial("tilt up", y=0.2)]

    assert share_obeyed(trials) == 0.75
    assert share_obeyed(trials, "pan left") == 0.5


def test_speeds_are_ordered_only_if_each_is_faster():
    fields = {"photo": "a", "words": "pan left", "seed": 0}

    assert SpeedTrial(strengths=(1.0, 2.0, 3.0), **fields).is_ordered
    assert not SpeedTrial(strengths=(1.0, 3.0, 2.0), **fields).is_ordered


def test_every_word_is_tried_on_every_photo_with_every_seed(pipeline, photos):
    told = []

    trials = try_words(pipeline, photos, (0, 1), on_trial=told.append)

    assert [(found.words, found.seed) for found in trials] == [(words, seed) for seed in (0, 1) for words in WORDS]
    assert tuple(told) == trials


def test_speeds_and_zooms_are_measured_on_clips(pipeline, photos):
    (found,) = try_speeds(pipeline, photos, ("zoom in",), seed=0)

    assert len(found.strengths) == 3
    assert 0 <= zoom_share(pipeline, photos[0], seconds=1, seed=0) <= 1


def test_shipped_starter_does_as_told(tmp_path):
    # A photo that it has never seen, at less than the size that it is served at: seconds on a CPU.
    photo = Photo(path=Path("docs/samples/coffee.jpg"), width=192, height=160)
    starter = load_preset(find_preset("starter"), weights=tmp_path, cache=tmp_path / "cache")

    for words in ("pan left", "pan right", "zoom in"):
        moved = measure_motion(make_clip(starter, request_for(photo, (words,), seconds=1, seed=3)))
        assert moved.move is WORDS[words], words


def test_other_words_can_be_tried_for_the_same_moves(pipeline, photos):
    trials = try_words(pipeline, photos, (0,), words_of=WORDINGS, on_trial=lambda _: None)

    assert {found.words: found.wanted for found in trials} == dict(WORDINGS)
    assert set(WORDINGS.values()) == set(WORDS.values())
    assert not set(WORDINGS) & set(WORDS)


def test_a_second_with_words_of_its_own_leaves_the_first_as_it_was(pipeline, photos):
    trials = try_turns(pipeline, photos, seed=0)

    assert all(found.is_beginning_kept for found in trials)
    assert all(found.words[0] != found.words[1] and len(found.got) == 2 for found in trials)


def test_a_turn_is_obeyed_by_its_second_second():
    fields = {"photo": "a", "words": ("pan left", "zoom in"), "is_beginning_kept": True}
    wanted = (CameraMove.PAN_LEFT, CameraMove.ZOOM_IN)

    assert TurnTrial(wanted=wanted, got=(CameraMove.HOLD, CameraMove.ZOOM_IN), **fields).is_obeyed
    assert not TurnTrial(wanted=wanted, got=(CameraMove.PAN_LEFT, CameraMove.PAN_LEFT), **fields).is_obeyed
