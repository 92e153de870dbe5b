"""How visible the joints between windows and chunks are, as one number."""

from torch import Tensor

from generation.errors import ConfigError


def frame_jumps(frames: Tensor) -> Tensor:
    """Mean absolute difference of neighbouring frames.

    Args:
        frames: ``(T, H, W, 3)`` uint8, at least two.

    Returns:
        ``(T - 1,)`` float32 in levels; entry i lies between frames i and i + 1.
    """
    values = frames.float()
    return (values[1:] - values[:-1]).abs().flatten(1).mean(dim=1)


def seam_ratio(frames: Tensor, period: int) -> float:
    """Compare the jumps at joints with those elsewhere: 1 means that nobody can tell where the joints are.

    Args:
        frames: ``(T, H, W, 3)`` uint8.
        period: Frames between joints, at least 2: 12 for windows, 24 for chunks.

    Returns:
        Mean jump at joints over mean jump elsewhere; 1 for a still clip.

    Raises:
        ConfigError: If there is no joint in these frames, or nothing but joints.
    """
    if period < 2 or frames.shape[0] <= period:
        raise ConfigError(
            f"a seam ratio needs a period of at least 2 and more frames than that, got {period} and {frames.shape[0]}"
        )
    jumps = frame_jumps(frames)
    at_joints = jumps[period - 1 :: period]
    elsewhere = (jumps.sum() - at_joints.sum()) / (len(jumps) - len(at_joints))
    if elsewhere == 0:
        return 1.0 if at_joints.sum() == 0 else float("inf")
    return float(at_joints.mean() / elsewhere)
