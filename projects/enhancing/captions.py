"""Free wishes for a camera, said in the captions that a small model was taught.

A model that has heard a few captions takes other words for noise, so "push in slowly on her face" reaches it as "slow
zoom in". Some are taught that things move, too (:mod:`projects.enhancing.deeds`). Any other wish cannot reach them at
all, and whoever wrote it is told.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from projects.enhancing.deeds import CAMERA, DETERMINER, Deed, read_deed
from projects.enhancing.glossary import has_chinese, read_chinese
from projects.enhancing.result import Enhanced, Span
from projects.enhancing.rules import MODEL

CAMERA_ONLY = "camera_only"
# Where nothing is said of the camera, the picture comes alive by the gentlest move there is.
_UNSAID = "slow zoom in"
_AT_REST = "static shot"
_LEFT, _RIGHT = r"(?:to )?(?:the )?left\w*", r"(?:to )?(?:the )?right\w*"
_SIDEWAYS = r"(?:pan|turn|truck|slid|sweep|swing|mov|look)\w*"
_UPRIGHT = r"(?:tilt|look|cran|mov|pan|rise|lift)\w*"
_ABOUT = r"(?:roll|rotat|spin|turn)\w*"
_COUNTER = r"(?:counter|anti)[- ]?clockwise"
# What people write for a move. The earliest in a text wins, of those that begin together the longest.
_MOVES = {
    "zoom in": r"zoom\w*[- ]in|(?:push|doll|mov)\w* (?:in\b|forward|closer|nearer|toward\w*)|approach\w*|"
    r"clos(?:er|es in)\b",
    "zoom out": r"zoom\w*[- ]out|(?:pull|doll|mov|back)\w* (?:back|out\b|away|farther|further)|widen\w*",
    "pan left": rf"{_SIDEWAYS} {_LEFT}|leftward pan",
    "pan right": rf"{_SIDEWAYS} {_RIGHT}|rightward pan",
    "tilt up": rf"{_UPRIGHT} up\w*|upward tilt",
    "tilt down": rf"{_UPRIGHT} down\w*|downward tilt",
    "roll counterclockwise": rf"{_ABOUT} {_COUNTER}|{_COUNTER}(?: camera)? roll",
    "roll clockwise": rf"{_ABOUT} clockwise|clockwise(?: camera)? roll",
    "static shot": r"(?:static|still|locked(?:-off)?|fixed) (?:shot|camera)|tripod|(?:stays?|holds?|stands?) still|"
    r"(?:no|without) (?:camera )?(?:movement|motion)|(?:does not|doesn't|don't|never) move",
}
_PATTERNS = {move: re.compile(rf"\b(?:{pattern})", re.IGNORECASE) for move, pattern in _MOVES.items()}
_SPEEDS = {
    "slow": re.compile(r"\b(?:slow|gentl|gradual|subtl|soft|calm|gliding)\w*", re.IGNORECASE),
    "fast": re.compile(r"\b(?:fast|quick|rapid|sudden|swift|whip|rush)\w*", re.IGNORECASE),
}
_ADVERBS = {"slow": "slowly", "fast": "fast"}
_DENIED = re.compile(r"\b(?:no|not|never|without|don't|doesn't)(?: \w+)?\s+$", re.IGNORECASE)
# A thing or a person right before a word of motion: what moves there is not the camera.
_ACTOR = re.compile(
    rf"(?:\b{DETERMINER}\s+(?P<noun>(?:[\w-]+\s+){{1,4}})|\b(?:he|she|they|who)\s+(?:\w+ly\s+)?)$",
    re.IGNORECASE,
)
# Words of motion that only a camera does.
_CAMERA_VERB = re.compile(r"(?:zoom|pan|tilt|doll|cran|truck)", re.IGNORECASE)
# Said around a camera wish without a meaning that could be lost.
_AROUND = re.compile(
    r"\b(?:the|a|an|camera|shot|view|very|please|and|it|in|on|of|with|is|motion|movement)\b|\W+", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True, slots=True)
class CameraWish:
    """What a text says of the camera, perhaps behind a thing that moves."""

    caption: str
    # Whether the text says more than that.
    more: bool
    # So many characters at its start are the thing that moves, as it stands in the text.
    subject: int = 0


def in_captions(text: str, captions: Sequence[str], *, moves_things: bool = False) -> Enhanced:
    """Say a wish in the words of a model that knows these captions only.

    Args:
        text: The person's words, in English or Chinese.
        captions: What the model was taught; ``slow zoom in`` among them.
        moves_things: Whether it was taught, too, that things move.

    Returns:
        One of the captions, marked as added unless it was said so, perhaps behind a thing that moves, which is not;
        with the warning ``camera_only`` where words stay unheard. Nothing for nothing.
    """
    said = text.strip()
    if not said:
        return Enhanced(text="", additions=(), model=MODEL)
    known = {caption.lower(): caption for caption in captions}
    already = known.get(said.lower().rstrip("."))
    if already is not None:
        return Enhanced(text=already, additions=(), model=MODEL)
    reading = read_chinese(said) if has_chinese(said) else None
    heard = reading.text if reading else said
    deed = read_deed(heard) if moves_things else None
    wish = read_camera_wish(heard, captions) if deed is None else _with_deed(heard, deed, captions)
    return Enhanced(
        text=wish.caption,
        # A thing is named in the person's own words, unless those were Chinese.
        additions=(Span(start=0 if reading else wish.subject, stop=len(wish.caption)),),
        model=MODEL,
        warning=CAMERA_ONLY if wish.more or bool(reading and reading.lost) else "",
    )


def _with_deed(text: str, deed: Deed, captions: Sequence[str]) -> CameraWish:
    """A thing that moves, and what the camera does meanwhile."""
    rest = f"{text[: deed.start]} {text[deed.stop :]}"
    wish = read_camera_wish(rest, captions)
    if wish.caption != _UNSAID or not wish.more:
        spoken = f"{deed.subject} {deed.verb}, {wish.caption}"
        return CameraWish(caption=spoken, more=wish.more, subject=len(deed.subject))
    # Where nothing is said of the camera it rests, and speeds are the thing's.
    speeds = [adverb for speed, adverb in _ADVERBS.items() if _SPEEDS[speed].search(text)]
    spoken = " ".join((deed.subject, deed.verb, *speeds[:1]))
    return CameraWish(caption=f"{spoken}, {_AT_REST}", more=_says_more(rest), subject=len(deed.subject))


def read_camera_wish(text: str, captions: Sequence[str]) -> CameraWish:
    """The first camera move that a text wishes for, as one of the captions.

    Args:
        text: English.
        captions: What may come out.
    """
    found = [
        (match.start(), -len(match.group()), move, match)
        for move, pattern in _PATTERNS.items()
        for match in pattern.finditer(text)
        if move in captions and not _DENIED.search(text[: match.start()]) and not _is_acted(text, match)
    ]
    if not found:
        return CameraWish(caption=_UNSAID, more=True)
    _, _, move, match = min(found, key=lambda item: item[:2])
    rest = text[: match.start()] + " " + text[match.end() :]
    speeds = [(said.start(), speed) for speed, pattern in _SPEEDS.items() if (said := pattern.search(rest))]
    spoken = f"{min(speeds)[1]} {move}" if speeds else move
    return CameraWish(caption=spoken if spoken in captions else move, more=_says_more(rest))


def _is_acted(text: str, match: re.Match[str]) -> bool:
    """Whether a thing in the picture does what could be said of a camera: "the red ball moves left"."""
    if _CAMERA_VERB.match(match.group()):
        return False
    actor = _ACTOR.search(text[: match.start()])
    if actor is None or not actor["noun"]:
        return actor is not None
    noun = _without_speeds(actor["noun"])
    # "A quick pull back" names nobody.
    return bool(noun.strip()) and not CAMERA.search(noun)


def _says_more(rest: str) -> bool:
    """Whether something is left that has a meaning, speeds apart."""
    return bool(_AROUND.sub("", _without_speeds(rest)))


def _without_speeds(text: str) -> str:
    for pattern in _SPEEDS.values():
        text = pattern.sub(" ", text)
    return text
