"""Means of what the steps between two lines of the log had to say."""

import math

import torch
from torch import Tensor

LOSS = "loss"


class MetricSums:
    """Running sums of named values; they stay on their device until someone asks for the means."""

    def __init__(self) -> None:
        self._sums: dict[str, Tensor] = {}
        self._counts: dict[str, Tensor] = {}

    def add(self, values: dict[str, Tensor]) -> None:
        """Add one step's values, each of one element; NaN says that the step knows nothing of it.

        Under the name ``loss`` NaN is kept, so that a run that diverged is seen.
        """
        for name, value in values.items():
            value = value.detach().float()
            known = torch.ones_like(value) if name == LOSS else (~value.isnan()).float()
            value = value if name == LOSS else value.nan_to_num()
            self._sums[name] = self._sums[name] + value if name in self._sums else value
            self._counts[name] = self._counts[name] + known if name in self._counts else known

    def totals(self) -> dict[str, tuple[float, float]]:
        """Per name sum and count: what a checkpoint keeps."""
        return {name: (float(self._sums[name]), float(self._counts[name])) for name in sorted(self._sums)}

    def restore(self, totals: dict[str, tuple[float, float]]) -> None:
        """Go on from what :meth:`totals` gave."""
        self._sums = {name: torch.tensor(total) for name, (total, _) in totals.items()}
        self._counts = {name: torch.tensor(count) for name, (_, count) in totals.items()}

    def clear(self) -> None:
        """Begin anew."""
        self._sums.clear()
        self._counts.clear()


def means_of(totals: dict[str, tuple[float, float]]) -> dict[str, float]:
    """Means of sums and counts; names of which nothing is known are left out."""
    return {name: total / count for name, (total, count) in totals.items() if count}


def is_finite(totals: dict[str, tuple[float, float]]) -> bool:
    """Whether the loss has been finite all along."""
    return LOSS not in totals or math.isfinite(totals[LOSS][0])
