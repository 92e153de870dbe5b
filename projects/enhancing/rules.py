"""The enhancer that needs no network: the person's words, in English as far as possible, and how the camera behaves.

Models are taught with captions that say what the camera does (spec vae §7 merges a description of the still, one of the
motion, and a fixed camera sentence). A shot that does not say gets the sentence that keeps it steady.
"""

import re

from projects.enhancing.glossary import has_chinese, read_chinese
from projects.enhancing.result import Enhanced, Span

MODEL = "rules"
LOST_WORDS = "words_lost"
_CAMERA = re.compile(
    r"\b(camera|zoom\w*|pan|pans|panning|tilt\w*|dolly\w*|push(?:es|ing)? in|pull(?:s|ing)? back|roll\w*|shake\w*|"
    r"static shot|handheld|tracking|follows?|orbits?|close-?up|locked)\b",
    re.IGNORECASE,
)
_STEADY = "the camera holds still"


def enhance_by_rules(text: str) -> Enhanced:
    """Improve a prompt without asking anybody.

    Args:
        text: The person's words, in English or Chinese.

    Returns:
        The words a model is given, which of them were added, and a warning where words would be lost.
    """
    warning = ""
    said = text.strip()
    if has_chinese(said):
        reading = read_chinese(said)
        said = reading.text
        warning = LOST_WORDS if reading.lost else ""
    if not said:
        # Nothing could be read: the person's words stay, and they are told that the model cannot read them.
        return Enhanced(text=text.strip(), additions=(), model=MODEL, warning=LOST_WORDS if text.strip() else "")
    if _CAMERA.search(said):
        return Enhanced(text=said, additions=(), model=MODEL, warning=warning)
    joined = said.rstrip(" .,;")
    addition = f", {_STEADY}"
    return Enhanced(
        text=joined + addition,
        additions=(Span(start=len(joined), stop=len(joined) + len(addition)),),
        model=MODEL,
        warning=warning,
    )
