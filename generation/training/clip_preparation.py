"""What trainings learn from, made ready from a recipe: latents of clips, and what a trained model makes of them.

Every function here goes on where it was interrupted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from generation.contract.requests import FRAMES_PER_SECOND
from generation.errors import RequestError
from generation.training.corpus.config import CorpusConfig
from generation.training.corpus.families import VERBS, VerbFamilies
from generation.training.corpus.folder import FolderCorpus, FolderCorpusConfig
from generation.training.corpus.labels import ClipBatch
from generation.training.corpus.procedural import ProceduralCorpus
from generation.training.latent_cache import CACHE_FILE, read_cache_info
from generation.training.latent_writer import write_latents
from generation.training.made_joints import write_made_joints
from generation.training.own_seconds import write_own_seconds
from generation.training.recipe import ClipKind, Recipe, served_sampling
from generation.training.served_model import ServedModel
from generation.training.trained import TrainedModel, read_model, read_vae
from generation.vae.vae import VideoVAE

# A canvas should be so many times as large as what the camera sees of it.
_CANVAS_FACTOR = 3
# Families stand before other pictures than scenes do.
_FAMILY_SEED = 5_000_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class EncodingOrder:
    """What a person says of a cache of latents."""

    folder: Path
    vae: Path
    height: int
    width: int
    seconds: int
    shards: int
    # A folder of clips; None: the procedural corpus.
    clips: Path | None
    # Of the procedural corpus.
    kind: ClipKind = ClipKind.CAMERA


def run_latents(recipe: Recipe, order: EncodingOrder, *, device: torch.device, should_stop: Callable[[], bool]) -> int:
    """Encode clips for the transformer.

    Returns:
        Shards in the folder.

    Raises:
        GenerationError: Whatever is wrong, in words for people.
    """
    vae = read_vae(order.vae).to(device)
    vae.requires_grad_(requires_grad=False)
    _check_order(recipe, order, vae)
    family = 1
    if order.clips is None:
        config = motion_corpus(recipe, height=order.height, width=order.width, seconds=order.seconds, kind=order.kind)
        families = order.kind is ClipKind.FAMILIES
        paints = VerbFamilies(config, device=str(device)) if families else ProceduralCorpus(config, device=str(device))
        clips: Callable[[Sequence[int]], ClipBatch] = paints.batch
        family = len(VERBS) if families else 1
        corpus = f"procedural, {order.kind}, seed {config.seed}"
    else:
        folder = FolderCorpus(
            FolderCorpusConfig(
                folder=order.clips,
                height=order.height,
                width=order.width,
                frames=order.seconds * FRAMES_PER_SECOND,
                seed=recipe.seed,
            )
        )
        clips, corpus = (lambda numbers: folder.batch(tuple(numbers))), f"{len(folder)} clips of {order.clips.name}"
    size = recipe.clips_per_shard
    return write_latents(
        order.folder,
        vae,
        lambda shard: clips(range(shard * size, (shard + 1) * size)),
        shards=order.shards,
        corpus=corpus,
        should_stop=should_stop,
        family=family,
    )


def _check_order(recipe: Recipe, order: EncodingOrder, vae: VideoVAE) -> None:
    side = vae.config.patch_size * recipe.dit.patch_size
    if order.height < side or order.width < side or order.height % side or order.width % side:
        raise RequestError(
            f"the size of latents must be multiples of {side} pixels, a token of the transformer, got "
            f"{order.width}x{order.height}"
        )
    if not (order.folder / CACHE_FILE).exists():
        return
    info, frames = read_cache_info(order.folder), order.seconds * FRAMES_PER_SECOND
    if (info.width, info.height, info.frames) != (order.width, order.height, frames):
        raise RequestError(
            f"{order.folder} holds clips of {info.width}x{info.height} pixels and {info.frames} frames, not of "
            f"{order.width}x{order.height} and {frames}; choose another folder or delete it"
        )


def run_own(recipe: Recipe, cache: Path, *, model: Path, device: torch.device, should_stop: Callable[[], bool]) -> int:
    """Let a trained transformer make seconds of a cache's clips, to continue in training.

    Args:
        recipe: For how it is served.
        cache: Of latents; the seconds are put into it.
        model: A run or an exported model.
        device: Where.
        should_stop: Asked before every clip.

    Returns:
        Shards that have such seconds.

    Raises:
        GenerationError: Whatever is wrong, in words for people.
    """
    trained = read_model(model)
    return write_own_seconds(cache, _served(recipe, trained, device), should_stop=should_stop)


def run_joints(
    recipe: Recipe, folder: Path, *, vae: Path, model: Path, device: torch.device, should_stop: Callable[[], bool]
) -> int:
    """Let a finished model make seconds for the decoder to join.

    Args:
        recipe: For how it is served, and for the clips.
        folder: Where joints are put.
        vae: A run or an exported model; its decoder shall learn.
        model: A run or an exported model.
        device: Where.
        should_stop: Asked before every clip.

    Returns:
        Whole shards.

    Raises:
        GenerationError: Whatever is wrong, in words for people.
    """
    autoencoder = read_vae(vae).to(device)
    autoencoder.requires_grad_(requires_grad=False)
    wanted = recipe.joints
    corpus = ProceduralCorpus(
        motion_corpus(recipe, height=wanted.height, width=wanted.width, seconds=2), device=str(device)
    )
    size = wanted.clips_per_shard
    return write_made_joints(
        folder,
        autoencoder,
        _served(recipe, read_model(model), device),
        lambda shard: corpus.batch(range(shard * size, (shard + 1) * size)),
        shards=wanted.shards,
        should_stop=should_stop,
    )


def _served(recipe: Recipe, trained: TrainedModel, device: torch.device) -> ServedModel:
    model = trained.model.to(device)
    model.requires_grad_(requires_grad=False)
    return ServedModel(
        model=model,
        sampling=served_sampling(recipe, distilled=model.config.distilled),
        latent_scale=trained.latent_scale,
    )


def motion_corpus(
    recipe: Recipe, *, height: int, width: int, seconds: int, kind: ClipKind = ClipKind.CAMERA
) -> CorpusConfig:
    """The clips of one size and length that a transformer is trained on.

    Args:
        recipe: Of which model.
        height: In pixels of the encoder.
        width: Likewise.
        seconds: Length.
        kind: What they show.
    """
    corpus = recipe.motion_corpus if kind is ClipKind.CAMERA else recipe.scene_corpus
    canvas = corpus.canvas_size
    while canvas < _CANVAS_FACTOR * max(height, width):
        canvas *= 2
    # Every size and length has clips of its own.
    seed = corpus.seed + 10 * (10_000 * height + width) + seconds
    if kind is ClipKind.FAMILIES:
        seed += _FAMILY_SEED
    frames = seconds * FRAMES_PER_SECOND
    return replace(corpus, height=height, width=width, frames=frames, canvas_size=canvas, seed=seed)
