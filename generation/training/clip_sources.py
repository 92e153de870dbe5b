"""Where the autoencoder's batches come from: the procedural corpus or a folder of clips, at any size asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor

from generation.errors import ConfigError
from generation.training.corpus.config import CorpusConfig
from generation.training.corpus.folder import FolderCorpus, FolderCorpusConfig
from generation.training.corpus.procedural import ProceduralCorpus


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipShape:
    """One shape of training batch; ``frames`` 1 is a batch of pictures."""

    batch: int
    frames: int
    height: int
    width: int
    # How often this shape is drawn, against the others'.
    share: float = 1.0

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: Naming the field that is wrong.
        """
        for name in ("batch", "frames", "height", "width", "share"):
            if getattr(self, name) <= 0:
                raise ConfigError(f"{name} must be positive, got {getattr(self, name)}")


class ClipSource(Protocol):
    """An endless, numbered row of clips."""

    def __call__(self, shape: ClipShape, numbers: Sequence[int]) -> Tensor:
        """The clips of these numbers, uint8 ``(len(numbers), T, H, W, 3)``; the same for the same arguments."""


class ProceduralClips:
    """Clips made while training; all sizes share their canvases."""

    def __init__(self, config: CorpusConfig, *, device: torch.device) -> None:
        """Begin with nothing painted.

        Args:
            config: Of the corpus; frames, height and width are replaced by the shapes asked for.
            device: Where clips are painted.
        """
        self._first = ProceduralCorpus(config, device=str(device))
        self._corpora: dict[tuple[int, int, int], ProceduralCorpus] = {}

    def __call__(self, shape: ClipShape, numbers: Sequence[int]) -> Tensor:
        """Paint clips."""
        key = (shape.frames, shape.height, shape.width)
        if key not in self._corpora:
            config = replace(self._first.config, frames=shape.frames, height=shape.height, width=shape.width)
            self._corpora[key] = ProceduralCorpus(config, device=str(self._first.device), canvases=self._first.canvases)
        return self._corpora[key].batch(numbers).frames


class FolderClips:
    """Clips of a folder, read while training."""

    def __init__(self, folder: Path, *, seed: int) -> None:
        """Name the folder; it is looked through once per size.

        Args:
            folder: Of video files with captions.
            seed: Draws where in a clip a sample begins.
        """
        self._config = FolderCorpusConfig(folder=folder, seed=seed)
        self._corpora: dict[tuple[int, int, int], FolderCorpus] = {}

    def __call__(self, shape: ClipShape, numbers: Sequence[int]) -> Tensor:
        """Read clips."""
        key = (shape.frames, shape.height, shape.width)
        if key not in self._corpora:
            self._corpora[key] = FolderCorpus(
                replace(self._config, frames=shape.frames, height=shape.height, width=shape.width)
            )
        return self._corpora[key].batch(tuple(numbers)).frames
