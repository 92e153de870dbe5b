"""A trained transformer as it is served, for trainings that need what it makes."""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from generation.config import SamplingConfig
from generation.sampling.conditioning import ChunkTexts
from generation.sampling.sampler import Sampler
from generation.training.captioned_dit import CaptionedDiT
from generation.weights.loading import fingerprint_of

# Under which a file of what a model made says which one.
MADE_BY = "made_by"


@dataclass(frozen=True, kw_only=True, slots=True)
class ServedModel:
    """What is needed to make a second."""

    # On its device.
    model: CaptionedDiT
    sampling: SamplingConfig
    # That of its training.
    latent_scale: float

    @property
    def identity(self) -> str:
        """Other weights or another way to serve them have another."""
        return json.dumps([fingerprint_of(self.model), str(self.sampling)])

    @torch.no_grad()
    def second_after(self, before: Tensor, caption: str, *, seed: int) -> Tensor:
        """The second that it makes after a given one.

        Args:
            before: ``(1, C, T, h, w)``, the whole second before, scaled as in its training.
            caption: What it is told.
            seed: Of the noise.

        Returns:
            The same shape.
        """
        texts = ChunkTexts.of(self.model.text([caption]))
        sampler = Sampler(self.model.dit, self.sampling, texts, weights_hash="in training")
        height, width = before.shape[3:]
        state = sampler.start(num_chunks=1, latent_height=height, latent_width=width, seed=seed, prefix=before)
        (made,) = sampler.run(state)
        return made.latents


def maker_of(path: Path) -> str | None:
    """Who made the tensors of a file; None if there is none, or it cannot be read or does not say."""
    try:
        with safe_open(path, framework="pt") as file:
            return (file.metadata() or {}).get(MADE_BY)
    except (SafetensorError, OSError):
        return None
