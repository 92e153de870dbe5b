"""What a thing in the picture is wished to do, in the verbs that a small model was taught: "the cat moves left".

Such a model knows no cat; it moves what stands out.
"""

import re
from dataclasses import dataclass

# What may stand before a thing.
DETERMINER = r"(?:a|an|the|his|her|its|their|my|our|your|one|two|three|some)"
_SUBJECT = rf"(?P<subject>(?:{DETERMINER}\s+(?:[\w'-]+\s+){{1,4}}?)|(?:he|she|they)\s+)"
_HOW = r"(?:(?:slowly|quickly|gently|softly|gradually|rapidly|swiftly|suddenly|calmly)\s+)?"
_GOES = (
    r"(?:mov|slid|drift|glid|float|walk|run|runn|fly|fli|roll|driv|swim|swimm|sail|rid|travel|go|jump|leap|step|crawl)"
    r"(?:s|e|es|ing|e?d)?"
)
_TOWARDS = r"\s+(?:(?:\w+ly|fast|off|away)\s+)*(?:to\s+|towards?\s+)?(?:the\s+)?"
_STRAIGHT = r"\s+(?:(?:\w+ly|fast|straight)\s+)*"
_DEEDS = {
    "moves left": rf"{_GOES}{_TOWARDS}left\w*",
    "moves right": rf"{_GOES}{_TOWARDS}right\w*",
    "moves up": rf"{_GOES}{_STRAIGHT}up\w*|ris(?:es?|ing)|ascend\w*|(?:lift|tak)\w*\s+off|launch\w*|soar\w*",
    "moves down": rf"{_GOES}{_STRAIGHT}down\w*|fall(?:s|ing)?|sink(?:s|ing)?|drop\w*|descend\w*",
}
_PATTERNS = {
    deed: re.compile(rf"\b{_SUBJECT}(?:(?:is|are)\s+)?{_HOW}(?:{verb})\b", re.IGNORECASE)
    for deed, verb in _DEEDS.items()
}
CAMERA = re.compile(r"\b(?:camera|shot|view|lens|frame|picture|image)\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:not|never|no|cannot|\w+n't)\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Deed:
    """A thing and what it does."""

    # With its article, as it was written.
    subject: str
    # In the model's words.
    verb: str
    # Where it stands in the text, verb included.
    start: int
    stop: int


def read_deed(text: str) -> Deed | None:
    """The first thing that is wished to move; None if it is nobody, the camera, or what is told not to.

    Args:
        text: English.
    """
    found = [
        (match.start(), deed, match)
        for deed, pattern in _PATTERNS.items()
        for match in pattern.finditer(text)
        if not CAMERA.search(match["subject"]) and not _DENIED.search(match["subject"])
    ]
    if not found:
        return None
    _, verb, match = min(found, key=lambda item: item[0])
    return Deed(subject=match["subject"].strip(), verb=verb, start=match.start(), stop=match.end())
