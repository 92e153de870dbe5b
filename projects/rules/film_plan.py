"""What a film is made of, second by second: which parts can be copied as they are, and which must be encoded again."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from generation.contract.requests import FRAMES_PER_SECOND


@dataclass(frozen=True, kw_only=True, slots=True)
class Clip:
    """A clip in a film: frames ``[start, stop)`` of a source, the first few perhaps dissolving with the one before."""

    source: str
    width: int
    height: int
    frames: int
    start: int
    stop: int
    dissolve: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """Up to 24 consecutive frames of one source; of two while they dissolve into each other."""

    source: str
    start: int
    stop: int
    # The whole second of the source that this is, if it can be copied; -1: it is encoded.
    second: int = -1
    # The second source of a dissolve, where it starts, and how far the dissolve is at the first frame, of how many.
    other: str = ""
    other_start: int = 0
    mixed_from: int = 0
    mixed_of: int = 0

    @property
    def frames(self) -> int:
        """How many."""
        return self.stop - self.start


def plan_film(clips: Sequence[Clip], *, width: int, height: int) -> list[Piece]:
    """The pieces of a film in order.

    Args:
        clips: In order; a dissolve is shortened to what both of its clips have.
        width: Of the film; only clips of its very size are copied.
        height: Likewise.
    """
    pieces: list[Piece] = []
    dissolves = [0, *(_fitting(before, after) for before, after in pairwise(clips))]
    for index, clip in enumerate(clips):
        into = dissolves[index]
        out = dissolves[index + 1] if index + 1 < len(clips) else 0
        if into:
            pieces += _mixed(clips[index - 1], clip, into)
        copy = (clip.width, clip.height) == (width, height)
        pieces += _plain(clip, clip.start + into, clip.stop - out, copy=copy)
    return pieces


def film_frames(clips: Sequence[Clip]) -> int:
    """How long a film is, in frames."""
    return sum(piece.frames for piece in plan_film(clips, width=0, height=0))


def _fitting(before: Clip, after: Clip) -> int:
    return max(0, min(after.dissolve, (before.stop - before.start) // 2, (after.stop - after.start) // 2))


def _plain(clip: Clip, start: int, stop: int, *, copy: bool) -> list[Piece]:
    found, at = [], start
    while at < stop:
        boundary = (at // FRAMES_PER_SECOND + 1) * FRAMES_PER_SECOND
        end = min(stop, boundary)
        whole = copy and at % FRAMES_PER_SECOND == 0 and end - at == FRAMES_PER_SECOND
        found.append(Piece(source=clip.source, start=at, stop=end, second=at // FRAMES_PER_SECOND if whole else -1))
        at = end
    return found


def _mixed(before: Clip, after: Clip, length: int) -> list[Piece]:
    first = before.stop - length
    return [
        Piece(
            source=before.source,
            start=first + done,
            stop=min(first + done + FRAMES_PER_SECOND, before.stop),
            other=after.source,
            other_start=after.start + done,
            mixed_from=done,
            mixed_of=length,
        )
        for done in range(0, length, FRAMES_PER_SECOND)
    ]
