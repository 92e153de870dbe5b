"""Which source frame each output frame shows when a clip is brought to another rate: pure arithmetic on timestamps.

Equal to ffmpeg's ``fps`` filter with its defaults, which the released code ran: a source frame goes to the output slot
nearest to its time, the later of two in one slot wins, and a frame holds until the next one's slot.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, kw_only=True, slots=True)
class Timed(Generic[Item]):
    """Something shown from ``start`` for ``duration``, in seconds from the first frame of its clip."""

    item: Item
    start: Fraction
    duration: Fraction


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown(Generic[Item]):
    """Something that fills ``count`` output frames from frame ``first`` on."""

    item: Item
    first: int
    count: int


def slot_of(time: Fraction, fps: int) -> int:
    """The output frame nearest to a time; halves go up."""
    return (2 * time.numerator * fps + time.denominator) // (2 * time.denominator)


def at_rate(frames: Iterable[Timed[Item]], fps: int) -> Iterator[Shown[Item]]:
    """Spread frames over output slots, one frame behind the input and holding nothing else.

    Args:
        frames: In display order; a frame that steps back in time replaces the one before it.
        fps: Output frames per second.

    Yields:
        Frames that are shown at least once, in order, without gaps between them. At least one if there is any frame,
        however short.
    """
    held: Timed[Item] | None = None
    held_slot = 0
    shown_any = False
    for frame in frames:
        slot = slot_of(frame.start, fps)
        if held is None:
            held_slot = slot
        elif slot > held_slot:
            yield Shown(item=held.item, first=held_slot, count=slot - held_slot)
            shown_any = True
            held_slot = slot
        held = frame
    if held is not None:
        count = slot_of(held.start + held.duration, fps) - held_slot
        if count > 0 or not shown_any:
            yield Shown(item=held.item, first=held_slot, count=max(1, count))


def frame_indices(starts: Iterable[Fraction], last_duration: Fraction, fps: int) -> list[int]:
    """The whole map at once: the index of the source frame that each output frame shows.

    Args:
        starts: Seconds at which each source frame appears, the first at 0.
        last_duration: Seconds that the last one is shown.
        fps: Output frames per second.
    """
    frames = [
        Timed(item=index, start=start, duration=last_duration) for index, start in enumerate(starts)
    ]  # only the last frame's duration counts
    return [shown.item for shown in at_rate(frames, fps) for _ in range(shown.count)]


def whole_seconds_at_end(frames: int, fps: int, *, max_seconds: int = 5) -> range:
    """Which frames of a clip serve as its continuation's prefix when no number of frames is asked for.

    Args:
        frames: Of the clip, at ``fps``.
        fps: Frames per second.
        max_seconds: The most that is kept.

    Returns:
        As many whole seconds as there are, counted back from the end; of a clip shorter than one second its last
        frame, which then serves as a still.

    Source:
        The released rule for a prefix of unset length (spec vae §4.2).
    """
    if frames < fps:
        return range(max(frames - 1, 0), frames)
    count = min(frames // fps, max_seconds) * fps
    return range(frames - count, frames)
