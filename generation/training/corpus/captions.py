"""Wording: one caption for a clip and one for each of its seconds, from its labels.

Camera words are the control that matters, so a moving camera is always named, often alone ("slow zoom in"): on a
person's photo that is all a prompt can say. A caption that shows sprites names what each of them does.
"""

import numpy as np

from generation.training.corpus.labels import CameraAction, CameraMove, ClipTruth, SpriteAction, SpriteTruth, SpriteVerb
from generation.training.corpus.motion import PASSES
from generation.training.corpus.randomness import pick
from generation.training.corpus.vocabulary import (
    BACKGROUND_PHRASES,
    CAMERA_NOUNS,
    CAMERA_VERBS,
    PATTERN_WORDS,
    SHAKE_ADJECTIVES,
    SHAKE_ADVERBS,
    SHAPE_NOUNS,
    SPEED_ADJECTIVES,
    SPEED_ADVERBS,
    SPRITE_VERBS,
    UNCHANGED,
)

# Later seconds that are told whole: a person who writes words for a second says what it shows, not what is new.
_WHOLE_SHARE = 0.5


def clip_caption(rng: np.random.Generator, truth: ClipTruth) -> str:
    """One text for the whole clip: its first second, then what changes."""
    names = _name_sprites(rng, truth)
    text = _state(rng, truth, names, 0)
    for second in truth.change_seconds:
        for sentence in _changes(rng, truth, names, second):
            text += pick(rng, (", then ", ", and then ", ". Then ")) + sentence
    return _dressed(rng, text)


def plain_caption(truth: ClipTruth) -> str:
    """The camera work of the first second in a fixed wording: "slow pan left"."""
    camera = truth.camera[0]
    adjectives = SHAKE_ADJECTIVES if camera.move is CameraMove.SHAKE else SPEED_ADJECTIVES
    return _joined(adjectives[camera.speed][0], CAMERA_NOUNS[camera.move][0])


def second_captions(rng: np.random.Generator, truth: ClipTruth) -> tuple[str, ...]:
    """One text per second: all of the first one; of each later one all, or only what changes (or that it goes on)."""
    names = _name_sprites(rng, truth)
    texts = [_state(rng, truth, names, 0)]
    for second in range(1, len(truth.camera)):
        sentences = _changes(rng, truth, names, second)
        if rng.random() < _WHOLE_SHARE:
            texts.append(_state(rng, truth, names, second))
        elif sentences:
            texts.append(pick(rng, ("now ", "then ", "")) + " and ".join(sentences))
        else:
            texts.append(_going_on(rng, truth, names, second))
    return tuple(_dressed(rng, text) for text in texts)


def _name_sprites(rng: np.random.Generator, truth: ClipTruth) -> tuple[str, ...]:
    """Noun phrases without article; colours differ within a clip, so each names one sprite."""
    names = []
    for sprite in truth.sprites:
        words = [sprite.size_word if rng.random() < 0.6 else "", PATTERN_WORDS[sprite.pattern], sprite.colour]
        names.append(_joined(*words, pick(rng, SHAPE_NOUNS[sprite.shape])))
    return tuple(names)


def _state(rng: np.random.Generator, truth: ClipTruth, names: tuple[str, ...], second: int) -> str:
    """All that a second shows."""
    camera = truth.camera[second]
    scene = _scene(rng, truth)
    noun, sentence = _camera_noun(rng, camera), _camera_sentence(rng, camera)
    if not truth.sprites:
        if rng.random() < 0.35:
            return pick(rng, (noun, noun, sentence))
        return pick(
            rng,
            (
                f"{noun} {_preposition(rng, camera)} {scene}",
                f"{sentence} {_preposition(rng, camera)} {scene}",
                f"{scene}, {noun}",
                f"{scene}, {sentence}",
                f"{scene}. {sentence}",
            ),
        )
    cast = _cast(rng, truth, names, second)
    if rng.random() < 0.7:
        cast += " " + pick(rng, ("in front of", "over", "on", "against")) + " " + scene
    # A camera that came to rest has to be told.
    if camera.move is CameraMove.HOLD and second == 0 and rng.random() < 0.4:
        return cast
    return pick(
        rng, (f"{cast}, {noun}", f"{cast}, {sentence}", f"{cast}. {sentence}", f"{noun}, {cast}", f"{noun}: {cast}")
    )


def _cast(rng: np.random.Generator, truth: ClipTruth, names: tuple[str, ...], second: int) -> str:
    """What every sprite does in a second; one that is passed and stands still is named by its passer."""
    passed = {sprite.partner for sprite in truth.sprites}
    sentences = [
        f"{_with_article(names[number])} {_verb(rng, sprite, sprite.actions[second], names)}"
        for number, sprite in enumerate(truth.sprites)
        if number not in passed
    ]
    order = rng.permutation(len(sentences))
    return _listed([sentences[place] for place in order])


def _changes(rng: np.random.Generator, truth: ClipTruth, names: tuple[str, ...], second: int) -> list[str]:
    sentences = []
    if truth.camera[second] != truth.camera[second - 1]:
        sentences.append(_camera_sentence(rng, truth.camera[second]))
    for sprite, name in zip(truth.sprites, names, strict=True):
        if sprite.actions[second] != sprite.actions[second - 1]:
            sentences.append(f"the {name} {_verb(rng, sprite, sprite.actions[second], names)}")
    return sentences


def _going_on(rng: np.random.Generator, truth: ClipTruth, names: tuple[str, ...], second: int) -> str:
    acting = [
        number for number, sprite in enumerate(truth.sprites) if sprite.actions[second].verb is not SpriteVerb.STAND
    ]
    camera = truth.camera[second]
    if rng.random() < 0.25:
        return pick(rng, UNCHANGED)
    if acting and (camera.move is CameraMove.HOLD or rng.random() < 0.5):
        number = pick(rng, acting)
        sprite = truth.sprites[number]
        return f"the {names[number]} keeps {_verb(rng, sprite, sprite.actions[second], names, continuous=True)}"
    _, continuous = pick(rng, CAMERA_VERBS[camera.move])
    return _joined("the camera keeps", continuous, _camera_adverb(rng, camera))


def _camera_noun(rng: np.random.Generator, camera: CameraAction) -> str:
    adjectives = SHAKE_ADJECTIVES if camera.move is CameraMove.SHAKE else SPEED_ADJECTIVES
    return _joined(pick(rng, adjectives[camera.speed]), pick(rng, CAMERA_NOUNS[camera.move]))


def _camera_sentence(rng: np.random.Generator, camera: CameraAction) -> str:
    verb, _ = pick(rng, CAMERA_VERBS[camera.move])
    adverb = _camera_adverb(rng, camera)
    # "slowly zooms in" beside "zooms in slowly"; "fast" stands only behind its verb.
    if rng.random() < 0.3 and adverb.endswith("ly"):
        return _joined("the camera", adverb, verb)
    return _joined("the camera", verb, adverb)


def _camera_adverb(rng: np.random.Generator, camera: CameraAction) -> str:
    adverbs = SHAKE_ADVERBS if camera.move is CameraMove.SHAKE else SPEED_ADVERBS
    return pick(rng, adverbs[camera.speed])


def _preposition(rng: np.random.Generator, camera: CameraAction) -> str:
    if camera.move is CameraMove.ZOOM_IN:
        return pick(rng, ("on", "into"))
    if camera.move is CameraMove.ZOOM_OUT:
        return pick(rng, ("from", "over"))
    return pick(rng, ("over", "across")) if camera.move is not CameraMove.HOLD else "on"


def _verb(
    rng: np.random.Generator,
    sprite: SpriteTruth,
    action: SpriteAction,
    names: tuple[str, ...],
    *,
    continuous: bool = False,
) -> str:
    partner = _with_article(names[sprite.partner]) if action.verb in PASSES else ""
    forms = pick(rng, SPRITE_VERBS[action.verb])
    verb = forms[1 if continuous else 0].format(other=sprite.other_colour, partner=partner)
    return _joined(verb, pick(rng, SPEED_ADVERBS[action.speed]))


def _scene(rng: np.random.Generator, truth: ClipTruth) -> str:
    phrase = pick(rng, BACKGROUND_PHRASES[truth.background]).format(colours=truth.palette_word)
    return _with_article(phrase[2:]) if phrase.startswith("a ") else phrase


def _with_article(phrase: str) -> str:
    return ("an " if phrase[0] in "aeiou" else "a ") + phrase


def _joined(*words: str) -> str:
    return " ".join(word for word in words if word)


def _listed(sentences: list[str]) -> str:
    if len(sentences) == 1:
        return sentences[0]
    return ", ".join(sentences[:-1]) + " and " + sentences[-1]


def _dressed(rng: np.random.Generator, text: str) -> str:
    """Sometimes written as a sentence; a full stop inside always begins one."""
    if rng.random() < 0.3 or ". " in text:
        text = ". ".join(part[0].upper() + part[1:] for part in text.split(". ")) + "."
    return text
