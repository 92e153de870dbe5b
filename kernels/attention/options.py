"""How scores are made, and by which way of computing: what stays the same from call to call."""

import math
from dataclasses import dataclass

from kernels.errors import UnsupportedInput


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreRule:
    """From a product of query and key to a score: ``softcap * tanh(scale * product / softcap)``; 0 caps nothing."""

    scale: float
    softcap: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class AttentionOptions:
    """What callers may ask for beyond tensors and mask.

    Raises:
        UnsupportedInput: If scale or cap is not finite, or the cap is negative.
    """

    # Of the scores; one over the root of the head size if not given.
    scale: float | None = None
    # Scores become ``softcap * tanh(scores / softcap)``; 0 caps nothing.
    softcap: float = 0.0
    # A name of kernels.attention.backends; the quickest that fits if not given.
    backend: str | None = None
    # Whether to refuse masks that show a cell twice; without, such a cell counts wrongly.
    check_cover: bool = False

    def __post_init__(self) -> None:
        if not (self.scale is None or math.isfinite(self.scale)) or not 0 <= self.softcap < math.inf:
            raise UnsupportedInput(
                "scale must be finite, and softcap finite and not negative (0 caps nothing), "
                f"got {self.scale} and {self.softcap}"
            )

    def rule(self, head_size: int) -> ScoreRule:
        """The numbers for heads of a size."""
        return ScoreRule(scale=head_size**-0.5 if self.scale is None else self.scale, softcap=self.softcap)


DEFAULTS = AttentionOptions()
