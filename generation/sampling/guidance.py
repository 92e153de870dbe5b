"""How strongly a chunk follows its past and its text, and which forwards that takes.

With three passes a chunk's velocity is mixed from what the model says knowing nothing (``none``), knowing the chunks
before it (``context``), and knowing its text too (``text``)::

    v = (1 - w_context) v_none + (w_context - w_text) v_context + w_text v_text

Both strengths depend on the chunk's timestep: the released models let go of the text above 0.3 and keep only
``v_context``. Source: arXiv:2505.13211, §2.4.1 and §2.4.3; spec dit §7.4.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from generation.config import SamplingConfig
from generation.sampling.visibility import KeyRange

# A timestep that equals a threshold up to float32 rounding belongs to the level that begins there.
THRESHOLD_SLACK = 1e-7


@dataclass(frozen=True, kw_only=True, slots=True)
class PassWeights:
    """What each pass contributes to one chunk's velocity; they sum to 1."""

    none: float
    context: float
    text: float


def pass_weights(sampling: SamplingConfig, timestep: float) -> PassWeights:
    """The mix for a chunk at ``timestep``, in [0, 1]."""
    passed = sum(threshold - THRESHOLD_SLACK < timestep for threshold in sampling.guidance_timesteps)
    level = passed - 1
    context, text = sampling.context_guidance[level], sampling.text_guidance[level]
    return PassWeights(none=1 - context, context=context - text, text=text)


def positions_to_run(
    weights: Sequence[float], key_ranges: Sequence[KeyRange], first_chunk: int, *, skip_zero_weights: bool
) -> range:
    """Which chunks of a window one pass must contain.

    A chunk with a weight needs every noisy chunk that it sees, since their keys are made in the same pass, and those
    need the chunks that they see in turn. Chunks after the last one with a weight are seen by nobody and left out.

    Args:
        weights: Of the pass, per chunk of the window.
        key_ranges: What each chunk sees, in chunks of the clip.
        first_chunk: Index of the window's first chunk.
        skip_zero_weights: False runs the whole window always: the slow, obvious way.

    Returns:
        Consecutive positions in the window; empty if no chunk has a weight.
    """
    if not skip_zero_weights:
        return range(len(weights))
    wanted = [position for position, weight in enumerate(weights) if weight]
    if not wanted:
        return range(0)
    start, stop = wanted[0], wanted[-1] + 1
    # Ranges are taken from the young end: each one can only move the start further back.
    position = stop - 1
    while position >= start:
        start = min(start, max(0, key_ranges[position][0] - first_chunk))
        position -= 1
    return range(start, stop)
