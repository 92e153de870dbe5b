"""What becomes of colour, sharpness and joints over a minute: figures second by second, from frames that pass by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation.evaluation.continuity import gradient_energy
from generation.training.plots import Curve, draw_panels

# Changes on either side of a joint that it is held against, as in ``continuity.py``.
_BESIDE = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class SecondFigures:
    """One second."""

    # Mean of every channel, in levels of 255.
    colour: tuple[float, float, float]
    # Mean size of the steps between neighbouring pixels.
    energy: float
    # Change across the joint with the second before, and the mean of the changes beside it; 0 for the first second.
    joint: float
    beside: float


@dataclass(frozen=True, kw_only=True, slots=True)
class LongClip:
    """All seconds of a clip."""

    photo: str
    prompt: str
    seconds: tuple[SecondFigures, ...]

    def colour_off(self, second: int) -> float:
        """Largest change of a channel's mean since the first second, in levels of 255; seconds count from 1."""
        first, now = (np.array(self.seconds[at].colour) for at in (0, second - 1))
        return float(np.abs(now - first).max())

    def energy_off(self, second: int) -> float:
        """Gradient energy over that of the first second, less 1."""
        return self.seconds[second - 1].energy / self.seconds[0].energy - 1

    def jump(self, seconds: Iterable[int]) -> float:
        """Change across the joints before some seconds, against the changes beside them."""
        chosen = [self.seconds[second - 1] for second in seconds]
        return sum(each.joint for each in chosen) / max(sum(each.beside for each in chosen), 1e-6)


def measure_seconds(seconds: Iterable[NDArray[np.uint8]]) -> tuple[SecondFigures, ...]:
    """Measure a clip of any length, holding two seconds of it at most.

    Args:
        seconds: ``(T, H, W, 3)`` uint8 each, at least 4 frames.
    """
    found: list[SecondFigures] = []
    tail = None
    for second in seconds:
        values = second.astype(np.float32)
        joint = beside = 0.0
        if tail is not None:
            around = np.concatenate((tail, values[: _BESIDE + 1]))
            changes = np.abs(np.diff(around, axis=0)).mean(axis=(1, 2, 3))
            joint, beside = float(changes[_BESIDE]), float(np.delete(changes, _BESIDE).mean())
        red, green, blue = (float(level) for level in values.mean(axis=(0, 1, 2)))
        found.append(
            SecondFigures(colour=(red, green, blue), energy=float(gradient_energy(values)), joint=joint, beside=beside)
        )
        tail = values[-_BESIDE - 1 :]
    return tuple(found)


def draw_long_drift(clips: Sequence[LongClip]) -> bytes:
    """Distance of the mean colour from the first second, gradient energy and jumps, a curve per clip.

    Returns:
        A PNG file's bytes.
    """
    panels: dict[str, list[Curve]] = {
        "largest change of a channel's mean since second 1": [],
        "gradient energy over that of second 1": [],
        "mean colour": [],
        "jump at the joint before a second": [],
    }
    for clip in clips:
        every = range(1, len(clip.seconds) + 1)
        values = (
            [(second, clip.colour_off(second)) for second in every],
            [(second, clip.energy_off(second) + 1) for second in every],
            [(second, sum(clip.seconds[second - 1].colour) / 3) for second in every],
            [(second, clip.jump((second,))) for second in every[1:]],
        )
        for curves, points in zip(panels.values(), values, strict=True):
            curves.append(Curve(name=clip.prompt, points=tuple((float(second), value) for second, value in points)))
    return draw_panels(panels)
