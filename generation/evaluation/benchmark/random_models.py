"""Models and texts to measure with: their weights are random, since speed does not depend on them."""

import torch
from torch import Tensor

from generation.config import DiTConfig, VAEConfig
from generation.model.dit import DiT
from generation.model.initialisation import init_dit
from generation.model.precision import cast_for_inference
from generation.sampling.conditioning import ChunkTexts
from generation.vae.vae import VideoVAE

TEXT_TOKENS = 50


def random_dit(config: DiTConfig, *, dtype: torch.dtype = torch.float32) -> DiT:
    """A transformer on the CPU, ready for inference; the same one every time."""
    model = DiT(config)
    init_dit(model, torch.Generator().manual_seed(0))
    cast_for_inference(model, dtype)
    return model.requires_grad_(requires_grad=False).eval()


def random_vae(config: VAEConfig) -> VideoVAE:
    """An autoencoder on the CPU, ready for inference; the same one every time."""
    vae = VideoVAE(config)
    vae.init_weights(torch.Generator().manual_seed(0))
    return vae.requires_grad_(requires_grad=False).eval()


def random_rows(rows: int, text_dim: int, *, seed: int) -> Tensor:
    """Text embeddings, ``(rows, text_dim)``."""
    return torch.randn(rows, text_dim, generator=torch.Generator().manual_seed(seed))


def random_texts(num_chunks: int, text_dim: int) -> ChunkTexts:
    """A prompt of its own for every chunk of a clip."""
    return ChunkTexts.of([random_rows(TEXT_TOKENS, text_dim, seed=chunk) for chunk in range(num_chunks)])
