"""What the small model is, and how it is trained: complete values, changed with ``dataclasses.replace``.

Sizes are chosen for two processor cores: many small steps learn more there than a few large ones (method F.2).
"""

from dataclasses import dataclass, replace

from generation.config import DiTConfig, SamplingConfig, VAEConfig
from generation.contract.requests import FRAMES_PER_SECOND
from generation.presets import STARTER_DIT, STARTER_VAE
from generation.training.clip_plan import TaskMix
from generation.training.clip_sources import ClipShape
from generation.training.corpus.config import CameraMix, CorpusConfig
from generation.training.dit_objective import EVEN, FlowWeights
from generation.training.dit_trainer import DiTTraining
from generation.training.latent_cache import CacheInfo
from generation.training.runs.loop import LoopConfig
from generation.training.runs.schedule import LearningRate
from generation.training.shortcut import DistilledGuidance
from generation.training.text_model import TextModelConfig
from generation.training.timestep_density import TimestepDensity
from generation.training.training_clips import CacheShare
from generation.training.vae_objective import VAELossWeights
from generation.training.vae_trainer import VAETraining


@dataclass(frozen=True, kw_only=True, slots=True)
class Rhythm:
    """Length and learning rate of one training; the rest follows."""

    total_steps: int
    learning_rate: float
    warmup_steps: int = 200
    # The rate falls from this share of the steps on.
    decay_from: float = 0.7
    log_every: int = 20
    save_every: int = 250
    sample_every: int = 1000
    # The transformer's steps hold so many times the recipe's tokens.
    batch_factor: int = 1

    def loop(self) -> LoopConfig:
        """The loop: warm-up, a constant stretch, and a fall to a thirtieth."""
        return LoopConfig(
            total_steps=self.total_steps,
            learning_rate=LearningRate(
                peak=self.learning_rate,
                warmup_steps=self.warmup_steps,
                decay_from=int(self.total_steps * self.decay_from),
                total_steps=self.total_steps,
                floor=self.learning_rate / 30,
            ),
            log_every=self.log_every,
            save_every=self.save_every,
            sample_every=self.sample_every,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class LatentOrder:
    """A cache of latents that a recipe trains on; sizes are the encoder's."""

    name: str
    height: int
    width: int
    seconds: int
    shards: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DiTStage:
    """One training of the transformer, on from the one before."""

    rhythm: Rhythm
    # Names of caches; the first one's clips are shown in samples.
    latents: tuple[str, ...]
    # Clips that continue seconds which the stage before made, of those that have such; above 0 they are made first.
    own_share: float = 0.0
    weights: FlowWeights = EVEN


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """A small model and its three trainings."""

    name: str
    vae: VAEConfig
    # How much larger than what the encoder sees the pictures are that ship.
    decoder_scale: int
    # Without a step size; its distilled twin differs in that alone.
    dit: DiTConfig
    text: TextModelConfig
    # What the autoencoder learns pictures from, and the transformer motion.
    corpus: CorpusConfig
    motion_corpus: CorpusConfig
    # Fixed clips first, then pictures and clips of many sizes; then the decoder of larger pictures, in their size, and
    # the same on windows as they are served; then encoder and decoder together on those; last the decoder on windows
    # side by side.
    vae_stages: tuple[tuple[ClipShape, ...], ...]
    vae_rhythms: tuple[Rhythm, ...]
    vae_weights: VAELossWeights
    # Of the stages on windows as served, and the noise on latents there.
    served_weights: tuple[VAELossWeights, ...]
    latent_noise: tuple[float, ...]
    # Small pictures first; then those of the size that is served, and joints of two seconds; another shape, too; pieces
    # of clips of three seconds; last the same with the first frames and the means counted more.
    dit_stages: tuple[DiTStage, ...]
    tasks: TaskMix
    density: TimestepDensity
    shortcut_rhythm: Rhythm
    # Chunks in flight when it is served.
    window_size: int
    guidance: DistilledGuidance
    latents: tuple[LatentOrder, ...]
    # Names of those of the distillation.
    shortcut_latents: tuple[str, ...]
    # Latent positions per step, all clips together: 12 clips of one second at 64 px.
    batch_tokens: int
    # Clips of three seconds and more are cut to so many seconds, so often.
    pieces: tuple[tuple[int, float], ...] = ((1, 0.4), (2, 0.6))
    clips_per_shard: int = 128
    seed: int = 0


DECODER_STAGE = 3
SERVED_STAGE = 4
MOVING_STAGE = 5

# As windows of 128 px: small ones above all, because many small steps win.
_WINDOW_SHAPES = (
    ClipShape(batch=6, frames=24, height=128, width=128, share=2.6),
    ClipShape(batch=3, frames=24, height=192, width=192, share=0.8),
    ClipShape(batch=2, frames=24, height=256, width=256, share=0.5),
    ClipShape(batch=16, frames=1, height=128, width=128, share=1),
)

_THREE_SECONDS = ("three128", "wide3", "tall3")

STARTER = Recipe(
    name="starter",
    vae=replace(STARTER_VAE, decoder_scale=1),
    decoder_scale=STARTER_VAE.decoder_scale,
    dit=STARTER_DIT,
    text=TextModelConfig(width=192, layers=2, heads=3, ffn_size=384, max_tokens=64),
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
    ),
    vae_rhythms=(
        Rhythm(total_steps=5000, learning_rate=1.2e-3),
        Rhythm(total_steps=1000, learning_rate=1e-3, warmup_steps=50, decay_from=0.3),
        Rhythm(total_steps=2000, learning_rate=1e-3, warmup_steps=30, decay_from=0.4),
        Rhythm(total_steps=2350, learning_rate=8e-4, warmup_steps=30, decay_from=0.82),
        Rhythm(total_steps=2600, learning_rate=8e-4, warmup_steps=50, decay_from=1.0),
        Rhythm(total_steps=4400, learning_rate=6e-4, warmup_steps=50, decay_from=0.86),
    ),
    vae_weights=VAELossWeights(gradient=0.1, kl=1e-5),
    served_weights=(
        VAELossWeights(gradient=0.1, kl=0.0, square=1.0, motion=0.5),
        # The size of latents is nothing else's to hold.
        VAELossWeights(gradient=0.1, kl=1e-3, square=1.0, motion=0.5),
        VAELossWeights(gradient=0.1, kl=0.0, square=1.0, motion=0.5, joint=3.0),
    ),
    latent_noise=(0.03, 0.05, 0.05),
    # The rate falls in the third and in the last one alone.
    dit_stages=(
        DiTStage(
            rhythm=Rhythm(total_steps=850, learning_rate=1.2e-3, warmup_steps=100, decay_from=1.0), latents=("one64",)
        ),
        DiTStage(
            rhythm=Rhythm(total_steps=600, learning_rate=1.2e-3, warmup_steps=50, decay_from=1.0, batch_factor=2),
            latents=("one128", "two64"),
        ),
        DiTStage(
            rhythm=Rhythm(total_steps=1900, learning_rate=1e-3, warmup_steps=50, decay_from=0.1, batch_factor=2),
            latents=("one128", "wide128", "two128", "two64"),
        ),
        DiTStage(
            rhythm=Rhythm(total_steps=4200, learning_rate=1e-3, warmup_steps=50, decay_from=1.0, batch_factor=2),
            latents=_THREE_SECONDS,
        ),
        DiTStage(
            rhythm=Rhythm(total_steps=5000, learning_rate=6e-4, warmup_steps=50, decay_from=0.0, batch_factor=2),
            latents=_THREE_SECONDS,
            # Seconds of its own keep colours (17 to 16 of 255) and leap more at joints (1.75 to 2.0): none here.
            own_share=0.0,
            weights=FlowWeights(frames=(1.7, 1.3, 1.1, 0.9, 0.8, 0.8), mean=1.0),
        ),
    ),
    # From a picture above all. Two chunks are what it sees at once, in training and when it is served.
    tasks=TaskMix(image_share=0.2, continuation_share=0.75, attention_span=2, short_span_share=0.0),
    # Finished chunks are clean when the next one begins.
    density=TimestepDensity(schedule_share=0.4, staircase_share=0.0, window_size=1),
    shortcut_rhythm=Rhythm(total_steps=2640, learning_rate=3e-4, warmup_steps=30, decay_from=0.5, log_every=22),
    window_size=1,
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
    ),
    shortcut_latents=_THREE_SECONDS,
    batch_tokens=12 * 6 * 4 * 4,
)


def vae_training(recipe: Recipe, *, stage: int, rhythm: Rhythm) -> VAETraining:
    """The training of the autoencoder.

    Args:
        recipe: Of which model.
        stage: 1 or 2; 3 for the decoder of larger pictures, 4 for the same on windows as served, 5 for encoder and
            decoder together on those, 6 for the decoder on windows side by side.
        rhythm: In place of the recipe's.
    """
    widens, served = stage >= DECODER_STAGE, stage - SERVED_STAGE
    return VAETraining(
        vae=replace(recipe.vae, decoder_scale=recipe.decoder_scale if widens else 1),
        frozen_encoder=widens and stage != MOVING_STAGE,
        shapes=recipe.vae_stages[stage - 1],
        loop=rhythm.loop(),
        weights=recipe.served_weights[served] if served >= 0 else recipe.vae_weights,
        as_served=served >= 0,
        side_by_side=stage > MOVING_STAGE,
        latent_noise=recipe.latent_noise[served] if served >= 0 else 0.0,
        orthogonal=served >= 0,
        seed=recipe.seed,
    )


def dit_training(
    recipe: Recipe, caches: tuple[CacheShare, ...], *, latent_scale: float, stage: DiTStage
) -> DiTTraining:
    """The training of the transformer.

    Args:
        recipe: Of which model.
        caches: From :func:`shares_of` for every cache.
        latent_scale: That of the first cache.
        stage: The recipe's, perhaps with another rhythm.
    """
    return DiTTraining(
        dit=recipe.dit,
        text=recipe.text,
        caches=caches,
        loop=stage.rhythm.loop(),
        latent_scale=latent_scale,
        tasks=replace(recipe.tasks, own_share=stage.own_share),
        density=recipe.density,
        weights=stage.weights,
        orthogonal=True,
        seed=recipe.seed,
    )


def shares_of(
    recipe: Recipe, name: str, info: CacheInfo, *, share: float, team_size: int, batch_factor: int = 1
) -> tuple[CacheShare, ...]:
    """How a cache takes part: as many clips per step as the recipe's tokens allow, long ones in pieces.

    Args:
        recipe: For the tokens per step, the patch and the pieces.
        name: Of the cache.
        info: What it says of its clips.
        share: How often, against other caches.
        team_size: Processes; each gets at least one clip.
        batch_factor: So many times the recipe's tokens.
    """
    side = recipe.vae.patch_size * recipe.dit.patch_size
    area, seconds = (info.height // side) * (info.width // side), info.frames // FRAMES_PER_SECOND

    def batch(frames: int) -> int:
        tokens = area * (frames // recipe.vae.patch_length)
        return max(1, batch_factor * recipe.batch_tokens // (tokens * team_size)) * team_size

    if seconds <= max(length for length, _ in recipe.pieces):
        return (CacheShare(cache=name, batch=batch(info.frames), share=share),)
    return tuple(
        CacheShare(cache=name, batch=batch(length * FRAMES_PER_SECOND), share=share * often, seconds=length)
        for length, often in recipe.pieces
    )


def served_sampling(recipe: Recipe, *, distilled: bool) -> SamplingConfig:
    """How a model of this recipe is served.

    Args:
        recipe: For its guidance and window.
        distilled: Whether the guidance is in the weights already.
    """
    guidance = recipe.guidance
    return SamplingConfig(
        num_steps=8,
        window_size=recipe.window_size,
        guidance_passes=1 if distilled else 3,
        guidance_timesteps=guidance.timesteps,
        context_guidance=guidance.context,
        text_guidance=guidance.text,
        attention_span_by_stage=(recipe.tasks.attention_span,),
        near_clean_context_weight=1.0,
    )
