"""Tiny models, captions and caches for tests of training: steps in milliseconds."""

from dataclasses import replace

import torch

from generation.config import DiTConfig, SamplingConfig, VAEConfig
from generation.sampling.conditioning import ChunkTexts
from generation.sampling.sampler import Sampler
from generation.training.captioned_dit import CaptionedDiT
from generation.training.clip_sources import ClipShape
from generation.training.corpus.config import CorpusConfig
from generation.training.corpus.labels import ClipBatch
from generation.training.dit_objective import FlowWeights
from generation.training.dit_trainer import build_model
from generation.training.latent_cache import LatentCache
from generation.training.latent_writer import write_latents
from generation.training.recipe import ClipKind, DiTStage, JointOrder, LatentOrder, Recipe, Rhythm
from generation.training.recipes import STARTER
from generation.training.text_model import TextModelConfig, train_tokenizer
from generation.training.vae_initialisation import init_vae
from generation.vae.vae import VideoVAE

VAE = VAEConfig(
    name="tiny trained", video_size=16, video_length=16, embed_dim=32, depth=1, num_heads=2, latent_channels=4,
    final_projection=True, final_projection_norm=False, normalise_qkv=False, latent_scale=1.0,
)  # fmt: skip
TEXT = TextModelConfig(vocabulary_size=128, width=16, layers=1, heads=2, ffn_size=16, max_tokens=12)
DIT = DiTConfig(
    name="tiny trained", num_layers=2, hidden_size=32, ffn_hidden_size=48, num_heads=2, num_kv_heads=1, head_dim=16,
    latent_channels=4, text_dim=16, text_max_tokens=12, null_text_tokens=2, gated_ffn=True,
)  # fmt: skip
RHYTHM = Rhythm(total_steps=4, learning_rate=1e-3, log_every=2, sample_every=4)
CAPTIONS = ("slow zoom in", "pan left", "a red ball falls", "tilt up, then roll clockwise")


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def clips(shard, *, count=6, frames=48, side=16):
    """Gradients that drift sideways; every third clip changes at its second second."""
    draw = generator(shard)
    phase, speed = torch.rand(2, count, 1, 1, 1, generator=draw)
    time = torch.arange(frames).view(1, -1, 1, 1)
    x, y = torch.meshgrid(torch.linspace(0, 1, side), torch.linspace(0, 1, side), indexing="xy")
    values = 0.5 + 0.5 * torch.sin(6.3 * (x + y * phase + speed * time / 24 + phase))
    pictures = torch.stack([values, values.roll(3, dims=3), 1 - values], dim=-1)
    seconds = frames // 24
    captions = tuple(CAPTIONS[(shard + index) % len(CAPTIONS)] for index in range(count))
    second_captions = tuple(
        tuple(f"{captions[index]} {second if index % 3 == 0 else ''}" for second in range(seconds))
        for index in range(count)
    )
    return ClipBatch(
        frames=(pictures * 255).to(torch.uint8),
        captions=captions,
        second_captions=second_captions,
        truths=(None,) * count,
    )


def tiny_trained_vae(seed=0) -> VideoVAE:
    vae = VideoVAE(VAE)
    init_vae(vae, generator(seed))
    return vae.requires_grad_(False)


def cache_in(folder, *, shards=2, **shape) -> LatentCache:
    """A cache made by a tiny autoencoder."""
    write_latents(
        folder, tiny_trained_vae(), lambda shard: clips(shard, **shape), shards=shards, corpus="test clips",
        should_stop=lambda: False,
    )  # fmt: skip
    return LatentCache(folder)


def tiny_model(seed=0, **overrides) -> CaptionedDiT:
    return build_model(replace(DIT, **overrides), TEXT, train_tokenizer(CAPTIONS, TEXT), seed=seed)


def resampled(model: CaptionedDiT, caption: str, prefix: torch.Tensor | None, sampling: SamplingConfig):
    """Two seconds from a caption and perhaps a picture, or the second second from the first; ``(C, T, h, w)``."""
    seconds = 1 if prefix is not None and prefix.shape[2] == 6 else 2
    with torch.no_grad():
        texts = ChunkTexts.of(model.text([caption] * seconds))
        sampler = Sampler(model.dit, sampling, texts, weights_hash="learned")
        state = sampler.start(num_chunks=seconds, latent_height=2, latent_width=2, seed=3, prefix=prefix)
        return torch.cat([chunk.latents for chunk in sampler.run(state)], dim=2)[0]


def tiny_recipe() -> Recipe:
    """The starter's kind in milliseconds per step."""
    return replace(
        STARTER,
        name="tiny",
        vae=VAE,
        dit=DIT,
        text=TEXT,
        corpus=CorpusConfig(height=16, width=16, canvas_size=64, pool_size=2, clips_per_canvas=16),
        motion_corpus=CorpusConfig(height=16, width=16, canvas_size=64, pool_size=2, clips_per_canvas=16),
        scene_corpus=CorpusConfig(height=16, width=16, canvas_size=64, pool_size=2, clips_per_canvas=16, seed=2),
        vae_stages=(
            (ClipShape(batch=2, frames=8, height=16, width=16),),
            (ClipShape(batch=2, frames=8, height=16, width=24), ClipShape(batch=2, frames=1, height=24, width=16)),
            (ClipShape(batch=2, frames=8, height=32, width=32),),
            *((ClipShape(batch=1, frames=24, height=32, width=32), ClipShape(batch=2, frames=1, height=32, width=32)),)
            * 4,
        ),
        vae_rhythms=(Rhythm(total_steps=4, learning_rate=1e-3, log_every=2, sample_every=3),) * 7,
        dit_stages=(
            DiTStage(rhythm=RHYTHM, latents=("one",), layers=2),
            DiTStage(rhythm=RHYTHM, latents=("one", "two"), layers=2),
            DiTStage(
                rhythm=RHYTHM,
                latents=("three",),
                own_share=1.0,
                layers=3,
                weights=FlowWeights(frames=(2.0, 1.0, 1.0, 1.0, 0.5, 0.5), mean=1.0),
            ),
        ),
        shortcut_rhythm=Rhythm(total_steps=11, learning_rate=1e-4, log_every=11, sample_every=11),
        latents=(
            LatentOrder(name="one", height=16, width=16, seconds=1, shards=1),
            LatentOrder(name="two", height=16, width=32, seconds=2, shards=1),
            LatentOrder(name="three", height=16, width=16, seconds=3, shards=1, kind=ClipKind.SCENES),
        ),
        joints=JointOrder(height=32, width=32, shards=1, clips_per_shard=2),
        shortcut_latents=("one", "three"),
        temper_rhythm=RHYTHM,
        batch_tokens=48,
        clips_per_shard=4,
    )
