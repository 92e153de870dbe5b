"""One step's clips: drawn from a cache, made noisy, told their captions, and shared out among processes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch

from generation.config import DiTConfig
from generation.errors import ConfigError
from generation.model.window import PackedText
from generation.training.captioned_dit import CaptionedDiT
from generation.training.clip_plan import ClipPlan
from generation.training.dit_objective import NoisyClips, add_noise, with_stills
from generation.training.latent_cache import LatentBatch, LatentCache
from generation.training.runs.randomness import step_generator
from generation.training.runs.team import Team


@dataclass(frozen=True, kw_only=True, slots=True)
class CacheShare:
    """How often a step trains on one of the caches, and with how many clips."""

    # The cache's name among those handed to the training.
    cache: str
    batch: int
    share: float = 1.0
    # Clips are cut to so many seconds, anywhere; None: whole clips.
    seconds: int | None = None

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ConfigError: Naming the field that is wrong.
        """
        if self.batch < 1 or self.share <= 0:
            raise ConfigError(f"batch and share of {self.cache!r} must be positive, got {self.batch} and {self.share}")


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingClips:
    """This process's share of one step's clips, ready for a forward."""

    noisy: NoisyClips
    plan: ClipPlan
    captions: list[tuple[str, ...]]


def pick_cache(caches: Sequence[CacheShare], seed: int, step: int) -> CacheShare:
    """The cache that a step trains on."""
    shares = torch.tensor([cache.share for cache in caches])
    return caches[int(torch.multinomial(shares, 1, generator=step_generator(seed, step, "cache")))]


def draw_clips(
    cache: LatentCache, batch: int, step: int, seed: int, *, latent_scale: float, seconds: int | None = None
) -> LatentBatch:
    """The clips of one step, the same in every process."""
    return cache.draw(batch, step_generator(seed, step, "clips"), latent_scale=latent_scale, seconds=seconds)


def with_own_seconds(batch: LatentBatch, plan: ClipPlan, share: float, generator: torch.Generator) -> LatentBatch:
    """Let some clips continue what the model itself made: at inference it never continues anything else.

    Args:
        batch: Whose first second may be clean.
        plan: Of these clips; unless a second is clean, nothing changes.
        share: Of the clips that have such a second, how many begin with it.
        generator: On the CPU.
    """
    if not share or batch.own is None or batch.has_own is None or not plan.clean_chunks:
        return batch
    chosen = batch.has_own & (torch.rand(len(batch.words), generator=generator) < share)
    length = batch.own.shape[2]
    first = torch.where(chosen[:, None, None, None, None], batch.own, batch.latents[:, :, :length])
    return replace(batch, latents=torch.cat([first, batch.latents[:, :, length:]], dim=2))


def make_noisy(
    batch: LatentBatch,
    plan: ClipPlan,
    captions: list[tuple[str, ...]],
    device: torch.device,
    team: Team,
    *,
    noise_seed: tuple[int, int],
) -> TrainingClips:
    """Add a step's noise, and keep this process's share of it all.

    Args:
        batch: Of all processes.
        plan: Of the whole batch.
        captions: Of the whole batch, per clip one per chunk.
        device: Where to train.
        team: Says which share.
        noise_seed: Seed of the run, and the step.
    """
    seed, step = noise_seed
    clean = with_stills(batch.latents.to(device), batch.stills.to(device), plan)
    noisy = add_noise(clean, plan, step_generator(seed, step, "noise", device))
    rows = team.rows(len(batch.words))
    return TrainingClips(noisy=noisy.rows(rows), plan=plan.rows(rows), captions=captions[rows])


def pack_captions(model: CaptionedDiT, clips: TrainingClips, *, told_nothing: bool) -> PackedText:
    """The text of every chunk of some clips."""
    if told_nothing:
        return model.pack_null(len(clips.captions) * clips.plan.num_chunks)
    return model.pack(clips.captions, clean_chunks=clips.plan.clean_chunks)


def check_caches(shares: tuple[CacheShare, ...], caches: Mapping[str, LatentCache], dit: DiTConfig) -> None:
    """See that every cache is there and holds clips that the transformer takes.

    Raises:
        ConfigError: Naming the cache that does not fit.
    """
    for share in shares:
        if share.cache not in caches:
            raise ConfigError(f"there is no cache {share.cache!r}; got {', '.join(sorted(caches)) or 'none'}")
        if share.seconds is not None:
            caches[share.cache].check_cut(share.seconds)
        channels, frames, height, width = caches[share.cache].latent_shape
        side = dit.patch_size
        if channels != dit.latent_channels or frames % dit.chunk_latent_frames or height % side or width % side:
            raise ConfigError(
                f"latents of {share.cache!r} must have {dit.latent_channels} channels, whole chunks of "
                f"{dit.chunk_latent_frames} frames and sides that are multiples of {side}, got "
                f"{caches[share.cache].latent_shape}"
            )
    if len({caches[share.cache].info.vae for share in shares}) > 1:
        raise ConfigError("all caches must be encoded by the same autoencoder")
