"""What a recipe of a small model holds, and the trainings that follow from it."""

from dataclasses import dataclass, replace
from enum import StrEnum

from generation.config import DiTConfig, SamplingConfig, VAEConfig
from generation.contract.requests import FRAMES_PER_SECOND
from generation.errors import ConfigError
from generation.training.captioned_dit import CaptionedDiT
from generation.training.clip_plan import TaskMix
from generation.training.clip_sources import ClipShape
from generation.training.corpus.config import CorpusConfig
from generation.training.dit_objective import EVEN, FlowWeights
from generation.training.dit_trainer import DiTTraining
from generation.training.latent_cache import CacheInfo
from generation.training.runs.loop import LoopConfig
from generation.training.runs.schedule import LearningRate
from generation.training.shortcut import DistilledGuidance
from generation.training.tempering_trainer import TemperTraining
from generation.training.text_model import TextModelConfig
from generation.training.timestep_density import TimestepDensity
from generation.training.training_clips import CacheShare
from generation.training.vae_objective import VAELossWeights
from generation.training.vae_trainer import VAETraining
from generation.weights.loading import fingerprint_of

DECODER_STAGE = 3
SERVED_STAGE = 4
MOVING_STAGE = 5
# Of the encoder that the transformer learns from; what follows changes the decoder alone, and needs the finished model.
ENCODER_STAGE = 6
JOINT_STAGE = 7


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


class ClipKind(StrEnum):
    """What the clips of a cache show."""

    # The camera alone, told in few words.
    CAMERA = "camera"
    # Things that act, too, told in many.
    SCENES = "scenes"
    # One thing before a camera at rest that does, in turn, whatever a thing can do.
    FAMILIES = "families"


@dataclass(frozen=True, kw_only=True, slots=True)
class LatentOrder:
    """A cache of latents that a recipe trains on; sizes are the encoder's."""

    name: str
    height: int
    width: int
    seconds: int
    shards: int
    kind: ClipKind = ClipKind.CAMERA


@dataclass(frozen=True, kw_only=True, slots=True)
class JointOrder:
    """Made joints of seconds that a recipe's last decoder learns from; sizes are the decoder's."""

    height: int
    width: int
    shards: int
    clips_per_shard: int = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class DiTStage:
    """One training of the transformer, on from the one before."""

    rhythm: Rhythm
    # Names of caches; the first one's clips are shown in samples.
    latents: tuple[str, ...]
    # Of the transformer from here on; it grows where these are more than it has.
    layers: int
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
    # What the autoencoder learns pictures from, and the transformer first the camera's moves, then whole scenes.
    corpus: CorpusConfig
    motion_corpus: CorpusConfig
    scene_corpus: CorpusConfig
    # Fixed clips first, then pictures and clips of many sizes; then the decoder of larger pictures, in their size, and
    # the same on windows as they are served; then encoder and decoder together on those; last the decoder on windows
    # side by side, and on joints that the finished model made.
    vae_stages: tuple[tuple[ClipShape, ...], ...]
    vae_rhythms: tuple[Rhythm, ...]
    vae_weights: VAELossWeights
    # Of the stages on windows as served, and the noise on latents there.
    served_weights: tuple[VAELossWeights, ...]
    latent_noise: tuple[float, ...]
    # Small pictures first; then those of the size that is served, and joints of two seconds; another shape, too; pieces
    # of clips of three seconds; the same with the first frames and the means counted more; with scenes; last with
    # families, from which verbs are learned.
    dit_stages: tuple[DiTStage, ...]
    tasks: TaskMix
    density: TimestepDensity
    shortcut_rhythm: Rhythm
    # Chunks in flight when it is served.
    window_size: int
    # Seconds that one sees when it is served, its own included.
    served_span: int
    guidance: DistilledGuidance
    latents: tuple[LatentOrder, ...]
    joints: JointOrder
    # Steps of the last decoder that are on those.
    made_share: float
    # Names of those of the distillation and of what follows it.
    shortcut_latents: tuple[str, ...]
    # The student told the truth at the steps it is served in, and how much of that is kept.
    temper_rhythm: Rhythm
    temper_share: float
    # Latent positions per step, all clips together: 12 clips of one second at 64 px.
    batch_tokens: int
    # Clips of three seconds and more are cut to so many seconds, so often.
    pieces: tuple[tuple[int, float], ...] = ((1, 0.4), (2, 0.6))
    clips_per_shard: int = 128
    seed: int = 0


def vae_training(recipe: Recipe, *, stage: int, rhythm: Rhythm) -> VAETraining:
    """The training of the autoencoder.

    Args:
        recipe: Of which model.
        stage: 1 or 2; 3 for the decoder of larger pictures, 4 for the same on windows as served, 5 for encoder and
            decoder together on those, 6 for the decoder on windows side by side, 7 for it on made joints.
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
        made_share=recipe.made_share if stage >= JOINT_STAGE else 0.0,
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
        dit=replace(recipe.dit, num_layers=stage.layers),
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


def temper_training(
    recipe: Recipe, student: CaptionedDiT, caches: tuple[CacheShare, ...], *, latent_scale: float, rhythm: Rhythm
) -> TemperTraining:
    """The tempering of a student.

    Args:
        recipe: Of which model.
        student: Where it begins.
        caches: From :func:`shares_of` for every cache.
        latent_scale: That of its training.
        rhythm: The recipe's, perhaps another length and rate.

    Raises:
        ConfigError: If the recipe is served with several chunks in flight, or the student is no student.
    """
    if recipe.window_size != 1:
        raise ConfigError(f"window_size must be 1 for a student to be tempered, got {recipe.window_size}")
    return TemperTraining(
        dit=student.config,
        text=student.text.config,
        begun=fingerprint_of(student),
        caches=caches,
        loop=rhythm.loop(),
        latent_scale=latent_scale,
        share=recipe.temper_share,
        num_steps=served_sampling(recipe, distilled=True).num_steps,
        tasks=recipe.tasks,
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

    # The last second of a family alone follows from a picture, that of the beginning.
    if info.family == 1 and seconds <= max(length for length, _ in recipe.pieces):
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
        attention_span_by_stage=(recipe.served_span,),
        near_clean_context_weight=1.0,
    )
