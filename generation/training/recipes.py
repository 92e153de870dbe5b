"""The small model that ships, and how it is trained: complete values, changed with ``dataclasses.replace``.

Sizes are chosen for two processor cores: many small steps learn more there than a few large ones (method F.2).
"""

from dataclasses import replace

from generation.presets import STARTER_DIT, STARTER_VAE
from generation.training.clip_plan import TaskMix
from generation.training.clip_sources import ClipShape
from generation.training.corpus.config import CameraMix, CorpusConfig
from generation.training.dit_objective import FlowWeights
from generation.training.recipe import ClipKind, DiTStage, JointOrder, LatentOrder, Recipe, Rhythm
from generation.training.shortcut import DistilledGuidance
from generation.training.text_model import TextModelConfig
from generation.training.timestep_density import TimestepDensity
from generation.training.vae_objective import VAELossWeights

# As windows of 128 px: small ones above all, because many small steps win.
_WINDOW_SHAPES = (
    ClipShape(batch=6, frames=24, height=128, width=128, share=2.6),
    ClipShape(batch=3, frames=24, height=192, width=192, share=0.8),
    ClipShape(batch=2, frames=24, height=256, width=256, share=0.5),
    ClipShape(batch=16, frames=1, height=128, width=128, share=1),
)

_THREE_SECONDS = ("three128", "wide3", "tall3")
_SCENES = ("scenes128", "wide_scenes", "tall_scenes")
_FAMILIES = ("families128", "wide_families", "tall_families")
_FIRST_LAYERS = 8
_FIRST_FRAMES_COUNT = FlowWeights(frames=(1.7, 1.3, 1.1, 0.9, 0.8, 0.8), mean=1.0)

STARTER = Recipe(
    name="starter",
    vae=replace(STARTER_VAE, decoder_scale=1),
    decoder_scale=STARTER_VAE.decoder_scale,
    dit=STARTER_DIT,
    text=TextModelConfig(vocabulary_size=768, width=192, layers=2, heads=3, ffn_size=384, max_tokens=64),
    corpus=CorpusConfig(height=64, width=64, pool_size=24),
    # Camera work above all: it is what a prompt can say of a person's photo.
    motion_corpus=CorpusConfig(
        height=64,
        width=64,
        seed=1,
        pool_size=24,
        clips_per_canvas=24,
        camera=CameraMix(hold=0.6, shake=0.0),
        sprite_counts=(1.0, 0.0, 0.0, 0.0),
        change_share=0.0,
        plain_captions=True,
        grain_share=0.0,
        vignette_share=0.05,
    ),
    # Mostly one thing that acts before a camera at rest; half of the others' words are about the camera alone.
    scene_corpus=CorpusConfig(
        height=64,
        width=64,
        seed=6,
        pool_size=24,
        clips_per_canvas=24,
        camera=CameraMix(hold=0.6, shake=0.0, hold_share_with_sprites=0.8),
        sprite_counts=(0.5, 0.36, 0.14, 0.0),
        change_share=0.25,
        grain_share=0.0,
        vignette_share=0.05,
    ),
    vae_stages=(
        (
            ClipShape(batch=12, frames=8, height=64, width=64, share=3),
            ClipShape(batch=8, frames=12, height=64, width=64, share=2),
            ClipShape(batch=6, frames=16, height=64, width=64, share=1),
            ClipShape(batch=24, frames=1, height=64, width=64, share=0.7),
        ),
        (
            ClipShape(batch=6, frames=16, height=64, width=64, share=1),
            ClipShape(batch=4, frames=12, height=64, width=112, share=1),
            ClipShape(batch=4, frames=12, height=112, width=64, share=1),
            ClipShape(batch=2, frames=12, height=128, width=128, share=1),
            ClipShape(batch=4, frames=1, height=128, width=224, share=0.5),
            ClipShape(batch=4, frames=1, height=224, width=128, share=0.5),
            ClipShape(batch=2, frames=1, height=256, width=256, share=1),
        ),
        (
            ClipShape(batch=4, frames=12, height=128, width=128, share=1),
            ClipShape(batch=2, frames=12, height=128, width=224, share=0.5),
            ClipShape(batch=2, frames=12, height=224, width=128, share=0.5),
            ClipShape(batch=1, frames=12, height=256, width=256, share=1),
            ClipShape(batch=4, frames=1, height=256, width=256, share=1),
        ),
        (
            ClipShape(batch=6, frames=24, height=128, width=128, share=2),
            ClipShape(batch=4, frames=24, height=192, width=192, share=1.2),
            ClipShape(batch=2, frames=24, height=256, width=256, share=0.8),
            ClipShape(batch=6, frames=1, height=256, width=256, share=1),
        ),
        _WINDOW_SHAPES,
        _WINDOW_SHAPES,
        _WINDOW_SHAPES,
    ),
    vae_rhythms=(
        Rhythm(total_steps=5000, learning_rate=1.2e-3),
        Rhythm(total_steps=1000, learning_rate=1e-3, warmup_steps=50, decay_from=0.3),
        Rhythm(total_steps=2000, learning_rate=1e-3, warmup_steps=30, decay_from=0.4),
        Rhythm(total_steps=2350, learning_rate=8e-4, warmup_steps=30, decay_from=0.82),
        Rhythm(total_steps=2600, learning_rate=8e-4, warmup_steps=50, decay_from=1.0),
        Rhythm(total_steps=4400, learning_rate=6e-4, warmup_steps=50, decay_from=0.86),
        Rhythm(total_steps=1500, learning_rate=4e-4, warmup_steps=50, decay_from=0.3),
    ),
    vae_weights=VAELossWeights(gradient=0.1, kl=1e-5),
    served_weights=(
        VAELossWeights(gradient=0.1, kl=0.0, square=1.0, motion=0.5),
        # The size of latents is nothing else's to hold.
        VAELossWeights(gradient=0.1, kl=1e-3, square=1.0, motion=0.5),
        VAELossWeights(gradient=0.1, kl=0.0, square=1.0, motion=0.5, joint=3.0),
        VAELossWeights(gradient=0.1, kl=0.0, square=1.0, motion=0.5, joint=3.0),
    ),
    latent_noise=(0.03, 0.05, 0.05, 0.05),
    # The rate falls in the third and from the fifth one on.
    dit_stages=(
        DiTStage(
            rhythm=Rhythm(total_steps=850, learning_rate=1.2e-3, warmup_steps=100, decay_from=1.0),
            latents=("one64",),
            layers=_FIRST_LAYERS,
        ),
        DiTStage(
            rhythm=Rhythm(total_steps=600, learning_rate=1.2e-3, warmup_steps=50, decay_from=1.0, batch_factor=2),
            latents=("one128", "two64"),
            layers=_FIRST_LAYERS,
        ),
        DiTStage(
            rhythm=Rhythm(total_steps=1900, learning_rate=1e-3, warmup_steps=50, decay_from=0.1, batch_factor=2),
            latents=("one128", "wide128", "two128", "two64"),
            layers=_FIRST_LAYERS,
        ),
        DiTStage(
            rhythm=Rhythm(total_steps=4200, learning_rate=1e-3, warmup_steps=50, decay_from=1.0, batch_factor=2),
            latents=_THREE_SECONDS,
            layers=_FIRST_LAYERS,
        ),
        DiTStage(
            rhythm=Rhythm(total_steps=5000, learning_rate=6e-4, warmup_steps=50, decay_from=0.0, batch_factor=2),
            latents=_THREE_SECONDS,
            # Seconds of its own keep colours (17 to 16 of 255) and leap more at joints (1.75 to 2.0): none here.
            own_share=0.0,
            weights=_FIRST_FRAMES_COUNT,
            layers=_FIRST_LAYERS,
        ),
        DiTStage(
            rhythm=Rhythm(total_steps=5400, learning_rate=8e-4, warmup_steps=50, decay_from=0.0, batch_factor=2),
            latents=(*_THREE_SECONDS, *_SCENES),
            layers=STARTER_DIT.num_layers,
            weights=_FIRST_FRAMES_COUNT,
        ),
        DiTStage(
            rhythm=Rhythm(total_steps=2800, learning_rate=8e-4, warmup_steps=50, decay_from=0.0, batch_factor=2),
            latents=(*_THREE_SECONDS, *_SCENES, *_FAMILIES),
            layers=STARTER_DIT.num_layers,
            weights=replace(_FIRST_FRAMES_COUNT, change=1.5),
        ),
    ),
    # From a picture above all. Two chunks are what it sees at once.
    # Where something changes, a second is told its own words: those of the whole clip do not say when.
    tasks=TaskMix(
        image_share=0.2,
        continuation_share=0.72,
        attention_span=2,
        short_span_share=0.0,
        second_captions_of_changing=1.0,
        second_captions_of_steady=0.15,
    ),
    # Finished chunks are clean when the next one begins.
    density=TimestepDensity(schedule_share=0.4, staircase_share=0.0, window_size=1),
    shortcut_rhythm=Rhythm(total_steps=2640, learning_rate=3e-4, warmup_steps=30, decay_from=0.5, log_every=22),
    window_size=1,
    # One more than it was trained on: a camera at rest keeps its colours twice as well, and moving ones lose nothing.
    served_span=3,
    # What the teacher is served with.
    guidance=DistilledGuidance(context=(1.0,) * 5, text=(2.5, 2.5, 2.5, 1.0, 1.0)),
    latents=(
        LatentOrder(name="one64", height=64, width=64, seconds=1, shards=40),
        LatentOrder(name="two64", height=64, width=64, seconds=2, shards=8),
        LatentOrder(name="one128", height=128, width=128, seconds=1, shards=24),
        LatentOrder(name="wide128", height=112, width=160, seconds=1, shards=4),
        LatentOrder(name="two128", height=128, width=128, seconds=2, shards=4),
        LatentOrder(name="three128", height=128, width=128, seconds=3, shards=26),
        LatentOrder(name="wide3", height=112, width=160, seconds=3, shards=6),
        LatentOrder(name="tall3", height=160, width=112, seconds=3, shards=4),
        LatentOrder(name="scenes128", height=128, width=128, seconds=3, shards=20, kind=ClipKind.SCENES),
        LatentOrder(name="wide_scenes", height=112, width=160, seconds=3, shards=6, kind=ClipKind.SCENES),
        LatentOrder(name="tall_scenes", height=160, width=112, seconds=3, shards=6, kind=ClipKind.SCENES),
        LatentOrder(name="families128", height=128, width=128, seconds=2, shards=20, kind=ClipKind.FAMILIES),
        LatentOrder(name="wide_families", height=112, width=160, seconds=2, shards=12, kind=ClipKind.FAMILIES),
        LatentOrder(name="tall_families", height=160, width=112, seconds=2, shards=8, kind=ClipKind.FAMILIES),
    ),
    joints=JointOrder(height=256, width=256, shards=16),
    made_share=0.7,
    shortcut_latents=(*_THREE_SECONDS, *_SCENES, *_FAMILIES),
    temper_rhythm=Rhythm(total_steps=164, learning_rate=2e-4, warmup_steps=20, decay_from=0.5, batch_factor=2),
    # As near to what happens as its teacher; half of the way, clips of ten seconds fade.
    temper_share=0.19,
    batch_tokens=12 * 6 * 4 * 4,
)
