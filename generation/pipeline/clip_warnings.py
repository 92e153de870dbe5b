"""What a person should know about how a request was taken; none of it stops the clip.

Each warning is a value, so that a command line, a web page and a translation can say it in their own way; ``message``
says it in English.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from generation.contract.requests import FRAMES_PER_SECOND
from generation.text.cleaning import LostText
from generation.text.cleaning_rules import LostKind

_LONGEST_QUOTE = 60

_KIND_NAMES = {
    LostKind.IDEOGRAPHS: "Chinese characters",
    LostKind.LINKS: "web addresses",
    LostKind.MARKUP: "words in angle brackets",
    LostKind.NAMES: "@names",
    LostKind.FILE_NAMES: "file names",
    LostKind.NUMBERS: "long numbers and codes",
    LostKind.PHRASES: "web shop phrases",
}


class PromptProblem(StrEnum):
    """What happened to a prompt on its way to the model."""

    # Some of its words were taken out.
    LOST_TEXT = "lost_text"
    # All of its words were taken out.
    EMPTIED = "emptied"
    # It is longer than the text encoder reads.
    TRUNCATED = "truncated"


@dataclass(frozen=True, kw_only=True, slots=True)
class PromptWarning:
    """The model does not read a prompt as the person wrote it."""

    problem: PromptProblem
    # As written.
    prompt: str
    # What was taken out, by kind; empty for a truncated prompt.
    lost: tuple[LostText, ...] = ()

    @property
    def message(self) -> str:
        """One sentence for people."""
        quoted = _quoted(self.prompt)
        if self.problem is PromptProblem.TRUNCATED:
            return f"the prompt {quoted} is longer than the model reads; its end is left out"
        kinds = " and ".join(_KIND_NAMES[lost.kind] for lost in self.lost) or "what it is written in"
        if self.problem is PromptProblem.EMPTIED:
            return f"the model does not read {kinds}: nothing is left of the prompt {quoted}; say it in English"
        fragments = _quoted(" ".join(fragment for lost in self.lost for fragment in lost.fragments))
        return f"the model does not read {kinds}: {fragments} is left out of the prompt {quoted}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ShortPrefixWarning:
    """The clip to go on from is too short to show a motion; the frame at the cut is used as a picture."""

    # Frames it has, at 24 per second.
    frames: int

    @property
    def message(self) -> str:
        """One sentence for people."""
        return (
            f"the clip to go on from has {self.frames} of the {FRAMES_PER_SECOND} frames that show a motion; its last "
            "frame is used as a picture"
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class SizeWarning:
    """Frames come out smaller than asked, because H.264 pictures have even sides."""

    asked_width: int
    asked_height: int
    width: int
    height: int

    @property
    def message(self) -> str:
        """One sentence for people."""
        return f"frames must have even sides: {self.asked_width}x{self.asked_height} is made {self.width}x{self.height}"


ClipWarning: TypeAlias = PromptWarning | ShortPrefixWarning | SizeWarning


def _quoted(text: str) -> str:
    text = " ".join(text.split())
    return f'"{text}"' if len(text) <= _LONGEST_QUOTE else f'"{text[: _LONGEST_QUOTE - 3]}..."'
