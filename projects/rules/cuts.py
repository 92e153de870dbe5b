"""Seconds, frames and latents: what a continuation or a redo is given of the takes before it.

A take of n seconds is n chunks of 24 frames; 4 frames are one latent frame. A continuation gets whole chunks counted
back from the cut: stored latents where the cut falls between two of them, else frames that are encoded again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from generation.contract.messages import CutLatents, CutVideo
from generation.contract.requests import FRAMES_PER_SECOND

FRAMES_PER_LATENT = 4
LATENTS_PER_CHUNK = FRAMES_PER_SECOND // FRAMES_PER_LATENT
# More is never looked at by any model there is.
MOST_CHUNKS = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Second:
    """One finished second of a take; the last three are empty until it can be watched."""

    latents_key: str
    init_key: str = ""
    fragment_key: str = ""


def seconds_needed(frames: int) -> int:
    """How many seconds a take must have before it can be continued after this many frames."""
    return -(-frames // FRAMES_PER_SECOND)


def origin_at(
    seconds: Sequence[Second], frames: int, *, before: Sequence[Second] = ()
) -> tuple[CutLatents | None, CutVideo | None]:
    """What a continuation starts from.

    Args:
        seconds: The finished seconds of the take that is continued, from its first.
        frames: Frames before the cut, 1 to 24 for every second.
        before: Whole seconds right before the take's first, if it is a continuation itself.

    Returns:
        One of the two, the other is None.

    Raises:
        ValueError: If the cut lies outside the seconds.
    """
    if not 1 <= frames <= len(seconds) * FRAMES_PER_SECOND:
        raise ValueError(f"a cut must lie 1..{len(seconds) * FRAMES_PER_SECOND} frames in, got {frames}")
    used = seconds[: seconds_needed(frames)]
    latents, rest = divmod(frames, FRAMES_PER_LATENT)
    known = [*before, *used]
    latents += len(before) * LATENTS_PER_CHUNK
    if rest == 0 and latents >= LATENTS_PER_CHUNK:
        return _latents(known, latents), None
    return None, _video(used, frames)


def origin_of_redo(seconds: Sequence[Second], shared: int, *, before: Sequence[Second] = ()) -> CutLatents:
    """What a redo from second ``shared + 1`` starts from: the seconds before it, as they are.

    Raises:
        ValueError: If there are fewer, or none is shared.
    """
    if not 1 <= shared <= len(seconds):
        raise ValueError(f"a redo must share 1..{len(seconds)} seconds, got {shared}")
    known = [*before, *seconds[:shared]]
    return _latents(known, len(known) * LATENTS_PER_CHUNK)


def _latents(known: Sequence[Second], latents: int) -> CutLatents:
    """The chunks that hold the last few whole chunks' worth of latents before the cut."""
    chunks = -(-latents // LATENTS_PER_CHUNK)
    kept = known[:chunks][-(MOST_CHUNKS + 1) :]
    dropped = chunks - len(kept)
    return CutLatents(
        chunk_keys=tuple(second.latents_key for second in kept),
        latent_frames=latents - dropped * LATENTS_PER_CHUNK,
    )


def _video(used: Sequence[Second], frames: int) -> CutVideo:
    kept = used[-(MOST_CHUNKS + 1) :]
    dropped = len(used) - len(kept)
    return CutVideo(
        init_key=kept[0].init_key,
        fragment_keys=tuple(second.fragment_key for second in kept),
        frames=frames - dropped * FRAMES_PER_SECOND,
    )
