"""Captions say what happens: the camera word, each verb, the speed, and later only what changes."""

import re
from dataclasses import replace

import numpy as np
import pytest

from generation.training.corpus.captions import clip_caption, plain_caption, second_captions
from generation.training.corpus.config import CorpusConfig
from generation.training.corpus.labels import CameraAction, CameraMove, ClipTruth, Speed, SpriteVerb
from generation.training.corpus.plan import plan_clip
from generation.training.corpus.vocabulary import (
    BACKGROUND_PHRASES,
    CAMERA_NOUNS,
    CAMERA_VERBS,
    SHAKE_ADJECTIVES,
    SHAKE_ADVERBS,
    SPEED_ADJECTIVES,
    SPEED_ADVERBS,
    SPRITE_VERBS,
)


@pytest.fixture(scope="module")
def truths():
    config = CorpusConfig(frames=72, seed=6, change_share=0.4)
    return [plan_clip(config, index).truth for index in range(300)]


def says_camera(text, action):
    words = [*CAMERA_NOUNS[action.move], *(form for forms in CAMERA_VERBS[action.move] for form in forms)]
    # Adverbs may stand before the verb, never inside it.
    return any(word in text.lower() for word in words)


def says_verb(text, sprite, action):
    patterns = [
        form.format(other=sprite.other_colour, partner="an? .*")
        for forms in SPRITE_VERBS[action.verb]
        for form in forms
    ]
    return any(re.search(pattern, text.lower()) for pattern in patterns)


def says_speed(text, action):
    shake = action.__class__ is CameraAction and action.move is CameraMove.SHAKE
    tables = (SHAKE_ADJECTIVES, SHAKE_ADVERBS) if shake else (SPEED_ADJECTIVES, SPEED_ADVERBS)
    return any(re.search(rf"\b{word}\b", text.lower()) for table in tables for word in table[action.speed])


def caption_of(truth, seed=0):
    return clip_caption(np.random.default_rng(seed), truth)


def test_every_moving_camera_is_named_with_its_speed(truths):
    for truth in truths:
        caption = caption_of(truth)
        for action in truth.camera:
            if action.move is not CameraMove.HOLD:
                assert says_camera(caption, action), (caption, action)
                assert says_speed(caption, action), (caption, action)


def test_every_acting_sprite_is_named_with_its_verb_and_colour(truths):
    for truth in truths:
        caption = caption_of(truth)
        for sprite in truth.sprites:
            for action in sprite.actions:
                if action.verb is not SpriteVerb.STAND:
                    assert says_verb(caption, sprite, action), (caption, action)
                    assert sprite.colour in caption.lower()


def test_no_other_camera_move_is_named(truths):
    for truth in truths:
        if truth.sprites or truth.change_seconds:
            continue
        caption = caption_of(truth)
        others = [move for move in CameraMove if move is not truth.camera[0].move]
        named = [move for move in others if says_camera(caption, replace(truth.camera[0], move=move))]
        # "roll counterclockwise" contains "clockwise" only as part of its own word.
        assert not named, (caption, named)


def test_speeds_that_were_not_meant_are_not_said(truths):
    for truth in truths:
        if not truth.sprites and not truth.change_seconds:
            caption = caption_of(truth)
            for speed in (Speed.SLOW, Speed.FAST):
                said = says_speed(caption, replace(truth.camera[0], speed=speed))
                assert said == (speed is truth.camera[0].speed), caption


def test_the_camera_alone_is_a_common_caption(truths):
    plain = [truth for truth in truths if not truth.sprites and not truth.change_seconds]

    short = [
        truth for truth in plain if len(caption_of(truth).split()) <= 6 and truth.palette_word not in caption_of(truth)
    ]

    assert 0.2 < len(short) / len(plain) < 0.5


def test_wording_varies():
    truth = ClipTruth(
        camera=(CameraAction(move=CameraMove.ZOOM_IN, speed=Speed.SLOW, rate=0.1),), sprites=(),
        background=next(iter(BACKGROUND_PHRASES)), palette_word="mossy", camera_path=(),
    )  # fmt: skip

    captions = {caption_of(truth, seed) for seed in range(200)}

    assert len(captions) > 60
    assert {"slow zoom in", "gradual push in"} & captions
    assert any("the camera zooms in slowly" in caption.lower() for caption in captions)


def test_there_is_one_text_per_second_and_the_first_tells_all(truths):
    for truth in truths:
        texts = second_captions(np.random.default_rng(1), truth)
        assert len(texts) == 3
        first = truth.camera[0]
        assert first.move is CameraMove.HOLD or says_camera(texts[0], first)
        for sprite in truth.sprites:
            if sprite.actions[0].verb is not SpriteVerb.STAND:
                assert says_verb(texts[0], sprite, sprite.actions[0])


def test_a_changed_second_tells_the_change_by_itself_or_all_that_is_seen(truths):
    whole, seen = 0, 0
    for truth in truths:
        texts = second_captions(np.random.default_rng(1), truth)
        for second in truth.change_seconds:
            seen += 1
            if truth.camera[second] != truth.camera[second - 1]:
                assert says_camera(texts[second], truth.camera[second])
            for sprite in truth.sprites:
                if sprite.actions[second] != sprite.actions[second - 1]:
                    assert says_verb(texts[second], sprite, sprite.actions[second])
            if truth.palette_word not in {sprite.colour for sprite in truth.sprites}:
                whole += truth.palette_word in texts[second].lower().split()
    assert seen > 50
    assert 0.2 < whole / seen < 0.6


def test_an_unchanged_second_never_tells_another_action(truths):
    for truth in truths:
        texts = second_captions(np.random.default_rng(1), truth)
        for second in set(range(1, 3)) - set(truth.change_seconds):
            text = texts[second].lower()
            if "the camera keeps" in text:
                assert says_camera(text, truth.camera[second])


def test_articles_and_spaces_are_right(truths):
    for truth in truths:
        for text in (caption_of(truth), *second_captions(np.random.default_rng(1), truth)):
            assert not re.search(r"\ba [aeiou]|\ban [^aeiou]|  | [,.]|\{", text.lower()), text
            assert text == text.strip()


def test_plain_captions_are_one_wording_per_move_and_speed():
    corpus = CorpusConfig(sprite_counts=(1, 0, 0, 0))
    truths = [plan_clip(corpus, index).truth for index in range(240)]

    said = {(truth.camera[0].move, truth.camera[0].speed): plain_caption(truth) for truth in truths}

    assert all(plain_caption(truth) == said[truth.camera[0].move, truth.camera[0].speed] for truth in truths)
    assert len(set(said.values())) == len(said)
    assert said[CameraMove.ZOOM_IN, Speed.SLOW] == "slow zoom in"
    assert said[CameraMove.PAN_LEFT, Speed.NORMAL] == "pan left"
    assert said[CameraMove.HOLD, Speed.NORMAL] == "static shot"
