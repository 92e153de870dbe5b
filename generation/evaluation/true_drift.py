"""How far colours and sharpness move when nothing is made up: procedural clips under the same camera, as they happen.

A camera that pans leaves the picture behind, and one that zooms in loses its fine detail, so a clip may drift without
any fault of a model's. What it drifts by can be judged beside this.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import mean

from generation.contract.requests import FRAMES_PER_SECOND
from generation.evaluation.continuity import measure_continuity
from generation.training.corpus.config import CameraMix, CorpusConfig
from generation.training.corpus.labels import CameraMove
from generation.training.corpus.procedural import ProceduralCorpus
from generation.training.vae_trainer import HELD_OUT


@dataclass(frozen=True, kw_only=True, slots=True)
class TrueDrift:
    """Means over clips of one move."""

    move: CameraMove
    # As :class:`~generation.evaluation.continuity.Continuity` measures them.
    colour: float
    energy: float


def true_drift(corpus: CorpusConfig, moves: Sequence[CameraMove], *, seconds: int, clips: int) -> tuple[TrueDrift, ...]:
    """Measure slow moves.

    Args:
        corpus: What clips are made of; its size is theirs.
        moves: One figure each.
        seconds: Of a clip, at least 2.
        clips: Per move, at least 1.
    """
    drifts = []
    for move in moves:
        alone = CameraMix(**{each.value: float(each is move) for each in CameraMove}, slow=1, normal=0, fast=0)
        config = replace(
            corpus, frames=seconds * FRAMES_PER_SECOND, camera=alone, sprite_counts=(1, 0, 0, 0), change_share=0
        )
        batch = ProceduralCorpus(config).batch(range(HELD_OUT, HELD_OUT + clips))
        found = [measure_continuity(clip.numpy()) for clip in batch.frames]
        drifts.append(
            TrueDrift(
                move=move,
                colour=mean(clip.colour_drift for clip in found),
                energy=mean(clip.energy_drift for clip in found),
            )
        )
    return tuple(drifts)
