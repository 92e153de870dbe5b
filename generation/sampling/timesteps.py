"""Where on the way from noise (0) to clean (1) each denoising step stands."""

from collections.abc import Callable

import torch
from torch import Tensor

from generation.config import SamplingConfig
from generation.errors import ConfigError

# The one step count whose quarters are cut unevenly, in sixteenths of the clip's way.
UNEVEN_STEPS = 12
QUARTERS = 4
SIXTEENTHS = 16


def shifted_square(positions: Tensor, *, shift: float = 3.0) -> Tensor:
    """Spend more steps near noise, where motion and layout are decided.

    Args:
        positions: Even positions u in [0, 1], any shape, float32.
        shift: At least 1; 1 leaves the plain square. At 3 the quarter points are 0, 0.0217, 0.1, 0.3, 1.

    Returns:
        Timesteps ``u^2 / (shift - (shift - 1) u^2)``. In float32 the last one is 1.0000001, and the third quarter
        point is just above 0.3; both are kept, since thresholds and step sizes depend on them.

    Raises:
        ConfigError: If ``shift`` is below 1.

    Source:
        arXiv:2505.13211, §2.4.1; order of operations from spec dit §6.1.
    """
    if shift < 1:
        raise ConfigError(f"shift must be at least 1, got {shift}")
    squares = positions**2
    scale = 1 / shift
    return (squares * scale) / (1 + (scale - 1) * squares)


def square(positions: Tensor) -> Tensor:
    """The plain square, ``shifted_square`` without a shift."""
    return positions**2


def piecewise(positions: Tensor) -> Tensor:
    """Half of the way in the first seven eighths of the steps, the other half in the last eighth."""
    slow = positions * (0.5 / 0.875)
    fast = 0.5 + (positions - 0.875) * 4
    return torch.where(positions < 0.875, slow, fast)


def make_timesteps(
    num_steps: int,
    intervals: tuple[int, int, int] = (2, 1, 1),
    *,
    curve: Callable[[Tensor], Tensor] = shifted_square,
) -> Tensor:
    """Lay out the timesteps through which every chunk passes.

    Args:
        num_steps: Denoising steps of a chunk, at least 1. With 12 the quarters are cut by ``intervals``, otherwise
            all positions are even.
        intervals: Sixteenths that the three steps of a quarter take; they sum to 4.
        curve: Bends even positions in [0, 1] into timesteps.

    Returns:
        ``(num_steps + 1,)`` float32 on the CPU, rising from 0 (noise) to 1 (clean).

    Raises:
        ConfigError: If ``num_steps`` is not positive or ``intervals`` do not fill a quarter.
    """
    if num_steps < 1:
        raise ConfigError(f"num_steps must be at least 1, got {num_steps}")
    if min(intervals) < 1 or sum(intervals) != SIXTEENTHS // QUARTERS:
        raise ConfigError(f"intervals must be three positive numbers that sum to 4, got {intervals}")
    if num_steps != UNEVEN_STEPS:
        return curve(torch.linspace(0, 1, num_steps + 1))
    starts = (0, intervals[0], intervals[0] + intervals[1])
    positions = [quarter / QUARTERS + start / SIXTEENTHS for quarter in range(QUARTERS) for start in starts]
    return curve(torch.tensor([*positions, 1.0]))


def step_size_of(sampling: SamplingConfig, step: int) -> float:
    """The value by which a distilled model knows how far the coming step goes.

    Args:
        sampling: Its ``num_steps`` fixes the value; in the 12-step schedule it differs between steps.
        step: Step inside the stage, from 0. Clean passes take the value of step 0, in which they happen.

    Returns:
        Half the number of even steps that would be as long: 4 for 8 steps up to 32 for 64.

    Source:
        Spec dit §3.1 (4), §6.2.
    """
    if sampling.num_steps != UNEVEN_STEPS:
        return sampling.num_steps / 4 * 2
    intervals = sampling.twelve_step_intervals
    return 4 / intervals[step % len(intervals)] * 2
