"""What an enhancer gives back."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Characters ``[start, stop)`` of a text."""

    start: int
    stop: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Enhanced:
    """A better prompt, and what of it was added to the person's words."""

    text: str
    additions: tuple[Span, ...]
    # ``rules``, or the name of a language model.
    model: str
    # words_lost, camera_only, enhancer_down, or nothing.
    warning: str = ""
