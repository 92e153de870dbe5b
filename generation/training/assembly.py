"""Puts trainings together from a recipe and folders: what the commands call.

Every function here resumes when its folder holds a run already.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from generation.contract.requests import FRAMES_PER_SECOND
from generation.errors import RequestError
from generation.training.captioned_dit import CaptionedDiT
from generation.training.clip_preparation import motion_corpus
from generation.training.clip_sources import ClipShape, ClipSource, FolderClips, ProceduralClips
from generation.training.corpus.procedural import ProceduralCorpus
from generation.training.decoder_places import give_places, has_places
from generation.training.decoder_widening import widened_weights
from generation.training.deepening import deepened_weights
from generation.training.dit_trainer import build_model, train_dit
from generation.training.encoder_places import give_encoder_places, has_encoder_places
from generation.training.frames import to_video
from generation.training.latent_cache import CacheInfo, LatentCache
from generation.training.made_joints import MadeJoints
from generation.training.recipe import (
    DECODER_STAGE,
    Recipe,
    Rhythm,
    dit_training,
    shares_of,
    temper_training,
    vae_training,
)
from generation.training.runs.checkpoints import load_weights
from generation.training.runs.loop import RunControl
from generation.training.runs.run_folder import RunFolder
from generation.training.sample_strip import SampleStrip
from generation.training.shortcut_trainer import ShortcutTraining, train_shortcut
from generation.training.tempering_trainer import train_temper
from generation.training.text_model import load_tokenizer, save_tokenizer, train_tokenizer
from generation.training.trained import TOKENIZER_FOLDER, read_model, read_settings, read_vae, with_latent_scale
from generation.training.training_clips import CacheShare
from generation.training.vae_trainer import HELD_OUT, VAETraining, train_vae
from generation.vae.vae import VideoVAE
from generation.weights.loading import fingerprint_of

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

# Enough to learn a vocabulary from.
_MOST_CAPTIONS = 20_000
_WORDED_CLIPS, _WORDED_SECONDS = 4_000, 3
_STRIP_CLIPS = 4
# That show an encoder's least used directions.
_CLIPS_SEEN = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class RunOrder:
    """What a person says of a run, beside the recipe."""

    folder: Path
    device: torch.device
    control: RunControl
    # None: as the run began, or as the recipe has it.
    total_steps: int | None = None
    learning_rate: float | None = None
    # Another run or an exported model to begin a new run from.
    start_from: Path | None = None
    # Less memory for more time.
    recompute: bool = False

    def rhythm(self, default: Rhythm) -> Rhythm:
        """The run's length and rate: as said, else as it began, else as the recipe has it."""
        run = RunFolder(root=self.folder)
        if run.checkpoint.exists() and run.settings.exists():
            loop = read_settings(run)["loop"]
            default = replace(
                default, total_steps=int(loop["total_steps"]), learning_rate=float(loop["learning_rate"]["peak"])
            )
        return replace(
            default,
            total_steps=default.total_steps if self.total_steps is None else self.total_steps,
            learning_rate=default.learning_rate if self.learning_rate is None else self.learning_rate,
        )


def run_vae(recipe: Recipe, order: RunOrder, *, stage: int, clips: Path | None, joints: Path | None = None) -> None:
    """Train the autoencoder.

    Args:
        recipe: Of which model.
        order: Where, how long, from what.
        stage: As :func:`~generation.training.recipe.vae_training` numbers them.
        clips: A folder of clips; None: the procedural corpus.
        joints: From :func:`~generation.training.clip_preparation.run_joints`, for the last stage.

    Raises:
        GenerationError: Whatever is wrong, in words for people.
    """
    training = vae_training(recipe, stage=stage, rhythm=order.rhythm(recipe.vae_rhythms[stage - 1]))
    source: ClipSource = (
        ProceduralClips(recipe.corpus, device=order.device)
        if clips is None
        else FolderClips(clips, seed=recipe.corpus.seed)
    )
    if stage >= DECODER_STAGE and order.start_from is None and not RunFolder(root=order.folder).checkpoint.exists():
        raise RequestError("a decoder of larger pictures starts from an autoencoder; name one with start_from")
    if training.made_share and joints is None:
        raise RequestError("the last decoder learns from joints that a finished model made; name them with joints")
    begin = None if order.start_from is None else _weights_of(read_vae(order.start_from), training, source)
    train_vae(
        training,
        source,
        order.folder,
        device=order.device,
        joints=None if joints is None else MadeJoints(joints),
        start_from=begin,
        control=order.control,
    )


def _weights_of(vae: VideoVAE, training: VAETraining, source: ClipSource) -> Mapping[str, Tensor]:
    """What a stage of the autoencoder begins with."""
    widened = widened_weights(vae, training.vae)
    if not training.as_served:
        return widened
    begun = VideoVAE(training.vae)
    load_weights(begun, widened, source=Path(vae.config.name))
    if not has_places(begun):
        give_places(begun, seed=training.seed)
    if not training.frozen_encoder and not has_encoder_places(begun):
        size = training.vae.video_size
        seen = ClipShape(batch=_CLIPS_SEEN, frames=training.vae.video_length, height=size, width=size)
        give_encoder_places(begun, to_video(source(seen, range(HELD_OUT, HELD_OUT + _CLIPS_SEEN))).float())
    return dict(begun.named_parameters())


def run_dit(recipe: Recipe, order: RunOrder, *, stage: int, vae: Path, caches: Sequence[Path]) -> None:
    """Train the transformer.

    Args:
        recipe: Of which model.
        order: Where, how long, from what.
        stage: Which of the recipe's, from 1.
        vae: Whose decoder draws the samples.
        caches: Of latents, encoded by it.

    Raises:
        GenerationError: Whatever is wrong, in words for people.
    """
    loaded = _load_caches(caches)
    scale = next(iter(loaded.values())).info.latent_scale
    wanted = recipe.dit_stages[stage - 1]
    wanted = replace(wanted, rhythm=order.rhythm(wanted.rhythm))
    begun = None if order.start_from is None else read_model(order.start_from).model
    if begun is not None:
        # Layers that are there stay.
        wanted = replace(wanted, layers=max(wanted.layers, begun.config.num_layers))
    shares = _shares(recipe, loaded, order, wanted.rhythm.batch_factor)
    training = dit_training(recipe, shares, latent_scale=scale, stage=wanted)
    training = replace(training, recompute=order.recompute)
    tokenizer = _tokenizer(recipe, order, loaded) if begun is None else begun.text.tokenizer
    begin = None if begun is None else deepened_weights(begun, training.dit)
    model = build_model(
        training.dit, recipe.text, tokenizer, seed=recipe.seed, start_from=begin, source=order.start_from
    ).to(order.device)
    _keep_tokenizer(order, tokenizer)
    train_dit(
        training,
        loaded,
        order.folder,
        model=model,
        draw_sample=_strip(recipe, vae, loaded, scale, order),
        control=order.control,
    )


def run_shortcut(recipe: Recipe, order: RunOrder, *, teacher: Path, vae: Path, caches: Sequence[Path]) -> None:
    """Distil the transformer into few steps.

    Args:
        recipe: Of which model.
        order: Where and how long.
        teacher: The run of the base model.
        vae: Whose decoder draws the samples.
        caches: Of latents, encoded by it.

    Raises:
        GenerationError: Whatever is wrong, in words for people.
    """
    if order.start_from is not None:
        raise RequestError("a distillation starts from its teacher; leave start_from out")
    loaded, trained = _load_caches(caches), read_model(teacher)
    base = trained.model.to(order.device)
    training = ShortcutTraining(
        dit=replace(base.config, distilled=True),
        text=base.text.config,
        teacher=fingerprint_of(base),
        caches=_shares(recipe, loaded, order, recipe.shortcut_rhythm.batch_factor),
        loop=order.rhythm(recipe.shortcut_rhythm).loop(),
        latent_scale=trained.latent_scale,
        guidance=recipe.guidance,
        window_size=recipe.window_size,
        tasks=recipe.tasks,
        seed=recipe.seed,
        recompute=order.recompute,
    )
    _keep_tokenizer(order, base.text.tokenizer)
    train_shortcut(
        training,
        loaded,
        order.folder,
        teacher=base,
        draw_sample=_strip(recipe, vae, loaded, trained.latent_scale, order),
        control=order.control,
    )


def run_temper(recipe: Recipe, order: RunOrder, *, vae: Path, caches: Sequence[Path]) -> None:
    """Bring a student nearer to what really happens.

    Args:
        recipe: Of which model.
        order: Where, how long, from which student.
        vae: Whose decoder draws the samples.
        caches: Of latents, encoded by it.

    Raises:
        GenerationError: Whatever is wrong, in words for people.
    """
    if order.start_from is None:
        raise RequestError("tempering starts from a student; name it with start_from")
    loaded, trained = _load_caches(caches), read_model(order.start_from)
    rhythm = order.rhythm(recipe.temper_rhythm)
    training = temper_training(
        recipe,
        trained.model,
        _shares(recipe, loaded, order, rhythm.batch_factor),
        latent_scale=trained.latent_scale,
        rhythm=rhythm,
    )
    training = replace(training, recompute=order.recompute)
    tokenizer = trained.model.text.tokenizer
    model = build_model(
        training.dit,
        training.text,
        tokenizer,
        seed=recipe.seed,
        start_from=dict(trained.model.named_parameters()),
        source=order.start_from,
    ).to(order.device)
    _keep_tokenizer(order, tokenizer)
    train_temper(
        training,
        loaded,
        order.folder,
        model=model,
        draw_sample=_strip(recipe, vae, loaded, trained.latent_scale, order),
        control=order.control,
    )


def _load_caches(folders: Sequence[Path]) -> dict[str, LatentCache]:
    if len({folder.name for folder in folders}) != len(folders) or not folders:
        raise RequestError(f"caches must be one or more folders of different names, got {[str(f) for f in folders]}")
    return {folder.name: LatentCache(folder) for folder in folders}


def _shares(
    recipe: Recipe, caches: Mapping[str, LatentCache], order: RunOrder, batch_factor: int
) -> tuple[CacheShare, ...]:
    team = order.control.team.size
    # Every clip is as likely as any other, so that small caches are not learned by heart.
    return tuple(
        share
        for name, cache in caches.items()
        for share in shares_of(
            recipe, name, cache.info, share=float(len(cache)), team_size=team, batch_factor=batch_factor
        )
    )


def _tokenizer(recipe: Recipe, order: RunOrder, caches: Mapping[str, LatentCache]) -> "PreTrainedTokenizerFast":
    stored = order.folder / TOKENIZER_FOLDER
    if stored.is_dir() and RunFolder(root=order.folder).checkpoint.exists():
        return load_tokenizer(stored)
    texts = {
        text for cache in caches.values() for words in cache.words for text in (words.caption, *words.second_captions)
    }
    # The first stages learn few words; those of the last one need a place from the beginning.
    scenes = ProceduralCorpus(replace(recipe.scene_corpus, frames=_WORDED_SECONDS * FRAMES_PER_SECOND))
    for index in range(_WORDED_CLIPS):
        caption, second_captions = scenes.captions(index)
        texts.update((caption, *second_captions))
    return train_tokenizer(sorted(texts)[:: max(1, len(texts) // _MOST_CAPTIONS)], recipe.text)


def _keep_tokenizer(order: RunOrder, tokenizer: "PreTrainedTokenizerFast") -> None:
    if order.control.team.is_first and not (order.folder / TOKENIZER_FOLDER).is_dir():
        save_tokenizer(tokenizer, order.folder / TOKENIZER_FOLDER)


def _strip(
    recipe: Recipe, vae: Path, caches: Mapping[str, LatentCache], latent_scale: float, order: RunOrder
) -> Callable[[CaptionedDiT, Path], None]:
    """Samples of clips that no training has seen, at the first cache's size."""
    decoder = _checked_vae(vae, caches)
    decoder.requires_grad_(requires_grad=False)
    info: CacheInfo = next(iter(caches.values())).info
    seconds = info.frames // FRAMES_PER_SECOND
    config = motion_corpus(recipe, height=info.height, width=info.width, seconds=seconds)
    clips = ProceduralCorpus(config).batch(range(HELD_OUT, HELD_OUT + _STRIP_CLIPS))
    return SampleStrip(vae=with_latent_scale(decoder, latent_scale).to(order.device), clips=clips)


def _checked_vae(folder: Path, caches: Mapping[str, LatentCache]) -> VideoVAE:
    vae = read_vae(folder)
    fingerprint = fingerprint_of(vae.encoder)
    for cache in caches.values():
        if cache.info.vae != fingerprint:
            raise RequestError(
                f"{cache.folder} was encoded by another autoencoder than {folder}; name the one it was encoded by, or "
                "encode it again"
            )
    return vae
