"""Does a clip hold together: at the joints of its seconds, and over many of them."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation.contract.requests import FRAMES_PER_SECOND
from generation.errors import RequestError
from generation.training.plots import Curve, draw_panels

Frames = NDArray[np.uint8]

# Frames of one latent frame, of every model here.
_GROUP_FRAMES = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Continuity:
    """Figures of one clip."""

    # Change across the joints of seconds, against the change between the frames beside them; 1 is no seam at all.
    jump_ratio: float
    # The same against the change between groups of frames inside the seconds: what a second adds to ``stutter``.
    jump_ratio_of_groups: float
    # Change between neighbouring groups of frames that one latent frame holds, against the change inside groups; 1 is
    # even motion, more is motion in leaps.
    stutter: float
    # Per second: mean colour in levels of 255, and mean size of the steps between neighbouring pixels.
    colours: tuple[tuple[float, float, float], ...]
    gradient_energies: tuple[float, ...]

    @property
    def colour_drift(self) -> float:
        """Largest change of a channel's mean since the first second, in levels of 255."""
        first = np.array(self.colours[0])
        return float(np.abs(np.array(self.colours) - first).max())

    @property
    def energy_drift(self) -> float:
        """Largest relative change of the gradient energy since the first second."""
        energies = np.array(self.gradient_energies)
        return float(np.abs(energies / energies[0] - 1).max())


def measure_continuity(frames: Frames) -> Continuity:
    """Measure a clip.

    Args:
        frames: ``(T, H, W, 3)`` uint8, whole seconds, at least 2.

    Raises:
        RequestError: If the clip is shorter, or a second is cut.
    """
    if len(frames) < 2 * FRAMES_PER_SECOND or len(frames) % FRAMES_PER_SECOND:
        raise RequestError(
            f"continuity needs whole seconds of {FRAMES_PER_SECOND} frames, 2 or more, got {len(frames)}"
        )
    values = frames.astype(np.float32)
    changes = np.array([np.abs(b - a).mean() for a, b in itertools.pairwise(values)])
    joints = np.arange(FRAMES_PER_SECOND - 1, len(changes), FRAMES_PER_SECOND)
    # The changes just before and just after each joint, in the second that ends and the one that begins.
    beside = np.concatenate(
        [changes[joints - step] for step in (1, 2, 3)] + [changes[joints + step] for step in (1, 2, 3)]
    )
    group_ends = np.arange(_GROUP_FRAMES - 1, len(changes), _GROUP_FRAMES)
    between = changes[np.setdiff1d(group_ends, joints)].mean()
    within = np.delete(changes, group_ends).mean()
    seconds = values.reshape(-1, FRAMES_PER_SECOND, *values.shape[1:])
    return Continuity(
        jump_ratio=float(changes[joints].mean() / max(float(beside.mean()), 1e-6)),
        jump_ratio_of_groups=float(changes[joints].mean() / max(float(between), 1e-6)),
        stutter=float(between / max(float(within), 1e-6)),
        colours=tuple(tuple(float(level) for level in second.mean(axis=(0, 1, 2))) for second in seconds),  # type: ignore[misc]  # three channels
        gradient_energies=tuple(float(gradient_energy(second)) for second in seconds),
    )


def draw_drift(clips: Sequence[tuple[str, Continuity]]) -> bytes:
    """Mean brightness and gradient energy second by second, a curve per clip.

    Args:
        clips: Names and figures.

    Returns:
        A PNG file's bytes.
    """
    colours = [_curve(name, [float(np.mean(colour)) for colour in found.colours]) for name, found in clips]
    energies = [_curve(name, found.gradient_energies) for name, found in clips]
    return draw_panels({"mean colour by second": colours, "gradient energy by second": energies})


def _curve(name: str, values: Sequence[float]) -> Curve:
    return Curve(name=name, points=tuple((float(second + 1), value) for second, value in enumerate(values)))


def gradient_energy(values: NDArray[np.float32]) -> float:
    """Mean absolute step between neighbouring pixels, ``(T, H, W, 3)``: falls when a picture blurs."""
    return float(np.abs(np.diff(values, axis=2)).mean() + np.abs(np.diff(values, axis=1)).mean())
