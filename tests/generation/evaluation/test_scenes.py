"""Verbs are judged by what each of them would have looked like."""

from dataclasses import replace

import pytest
import torch

from generation.evaluation import scenes
from generation.evaluation.scenes import Beginning, VerbTrial, share_of_verbs, try_verbs
from generation.training.corpus.config import CorpusConfig
from generation.training.corpus.families import VERBS
from generation.training.corpus.labels import SpriteVerb
from tests.support.pipelines import tiny_pipeline

CORPUS = CorpusConfig(height=16, width=16, canvas_size=64, pool_size=2, clips_per_canvas=16)


def knowing(monkeypatch, verb_of_words):
    """A model that knows the truth and makes the clip of the verb that it reads in the words."""
    real = scenes._nearest
    seen = {}

    def made(pipeline, config, given, words, *, seed):
        seen["words"] = words
        return torch.zeros(1, 1, 1, 1, 1)

    def nearest(made, truths):
        chosen = truths[VERBS.index(verb_of_words(seen["words"]))]
        return real(chosen, truths)

    monkeypatch.setattr(scenes, "_made", made)
    monkeypatch.setattr(scenes, "_nearest", nearest)


def verb_in(words):
    stems = {
        SpriteVerb.MOVE_LEFT: (" left",), SpriteVerb.MOVE_RIGHT: (" right",),
        SpriteVerb.MOVE_UP: ("moves up", "rises", "floats up"),
        SpriteVerb.MOVE_DOWN: ("moves down", "sinks", "floats down"), SpriteVerb.GROW: ("grows", "bigger"),
        SpriteVerb.SHRINK: ("shrinks", "smaller"), SpriteVerb.RECOLOUR: ("turns ", "changes colo"),
    }  # fmt: skip
    found = [verb for verb, words_of in stems.items() if any(stem in words for stem in words_of)]
    return found[0] if found else SpriteVerb.STAND


def test_words_tell_every_verb_and_every_verb_looks_different(monkeypatch, tmp_path):
    # The words suffice to choose the right clip, and no two verbs' clips are the same to a real encoder.
    knowing(monkeypatch, verb_in)
    pipeline = tiny_pipeline(tmp_path)

    trials = try_verbs(pipeline, CORPUS, scenes=2, on_trial=lambda _: None)

    assert len(trials) == 2 * 2 * len(VERBS)
    assert [trial for trial in trials if trial.got is not trial.wanted] == []


def test_a_model_that_does_one_thing_alone_is_right_once_in_as_many(monkeypatch, tmp_path):
    knowing(monkeypatch, lambda _: SpriteVerb.GROW)
    pipeline = tiny_pipeline(tmp_path)

    trials = try_verbs(pipeline, CORPUS, scenes=1, on_trial=lambda _: None)

    assert [share_of_verbs(trials, beginning) for beginning in Beginning] == [1 / len(VERBS)] * 2


def test_a_real_model_is_tried_from_a_picture_and_after_a_second(tmp_path):
    told = []

    trials = try_verbs(tiny_pipeline(tmp_path), CORPUS, scenes=1, on_trial=told.append)

    assert tuple(told) == trials
    assert [trial.wanted for trial in trials] == [*VERBS, *VERBS]
    assert {trial.beginning for trial in trials[: len(VERBS)]} == {Beginning.PICTURE}


def test_shares_are_of_one_beginning():
    right = VerbTrial(scene=0, beginning=Beginning.PICTURE, wanted=SpriteVerb.GROW, got=SpriteVerb.GROW)
    trials = [right, replace(right, got=SpriteVerb.STAND), replace(right, beginning=Beginning.SECOND)]

    assert share_of_verbs(trials, Beginning.PICTURE) == 0.5
    assert share_of_verbs(trials, Beginning.SECOND) == 1
    assert share_of_verbs([], Beginning.SECOND) == pytest.approx(0)
