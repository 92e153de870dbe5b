"""What every section of the evaluate command is given, and the clips that several of them ask for."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from rich.console import Console

from generation.artifacts import atomic_write
from generation.contract.requests import GenerationRequest
from generation.evaluation.clips import Photo, request_for
from generation.pipeline.pipeline import VideoPipeline
from generation.training.corpus.labels import CameraMove

# What the encoder sees of a procedural clip.
ENCODER_SIDE = 128
# What clips that last are told, a photo each in turn; and the same of clips that are painted.
LASTING = {
    "slow pan right": CameraMove.PAN_RIGHT,
    "static shot": CameraMove.HOLD,
    "slow zoom in": CameraMove.ZOOM_IN,
    "slow tilt up": CameraMove.TILT_UP,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """A model, the photos that it is judged on, and how."""

    pipeline: VideoPipeline
    photos: tuple[Photo, ...]
    # The command's flags.
    arguments: argparse.Namespace
    console: Console

    def tell(self, line: str) -> None:
        """Show one line of what is found meanwhile."""
        self.console.print(f"  {line}", markup=False, soft_wrap=True)

    def write_plot(self, name: str, draw: Callable[[], bytes]) -> None:
        """Draw and write a plot, if samples are wanted."""
        if self.arguments.samples is not None:
            atomic_write(self.arguments.samples / name, draw())


# Makes the figures of one section, in JSON values.
Section = Callable[[Judged], Mapping[str, Any]]


def lasting_requests(photos: Sequence[Photo], *, seconds: int) -> list[GenerationRequest]:
    """A clip for every photo, the moves in turn."""
    return [
        request_for(photo, (prompt,), seconds=seconds, seed=0)
        for photo, prompt in zip(photos, cycle(LASTING), strict=False)
    ]
