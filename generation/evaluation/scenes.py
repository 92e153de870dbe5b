"""Do things in a picture do what the words say: verbs in procedural scenes, judged against what each would look like.

A scene is painted once per verb, and all those clips begin alike. A model is given the beginning and one verb's words;
it obeys if what it makes is nearer to that verb's clip than to every other verb's. A guess is right once in as many
times as there are verbs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import torch
from torch import Tensor

from generation.contract.requests import FRAMES_PER_SECOND, GenerationRequest
from generation.evaluation.clips import NO_CONTROLS
from generation.pipeline.pipeline import VideoPipeline
from generation.training.corpus.captions import clip_caption
from generation.training.corpus.config import CorpusConfig
from generation.training.corpus.families import VERBS, acted, one_sprite, other_colour_of, second_alone
from generation.training.corpus.labels import Speed, SpriteAction, SpriteVerb
from generation.training.corpus.motion import VERB_RATES, SpriteStart
from generation.training.corpus.plan import ClipPlan
from generation.training.corpus.procedural import ProceduralCorpus
from generation.training.corpus.randomness import draws
from generation.training.latent_writer import encode_clips
from generation.training.vae_trainer import HELD_OUT

# Of the picture, from its middle; in shorter sides. From there every verb stays in view.
_REACH, _RADII = 0.18, (0.12, 0.17)


class Beginning(StrEnum):
    """What a model is given."""

    PICTURE = "picture"
    # A second in which nothing moved.
    SECOND = "second"


@dataclass(frozen=True, kw_only=True, slots=True)
class VerbTrial:
    """One second that a model made."""

    scene: int
    beginning: Beginning
    wanted: SpriteVerb
    # Whose clip it is nearest to.
    got: SpriteVerb


def try_verbs(
    pipeline: VideoPipeline, corpus: CorpusConfig, *, scenes: int, on_trial: Callable[[VerbTrial], None]
) -> tuple[VerbTrial, ...]:
    """Ask for every verb in every scene, from its picture and after a second of standing.

    Args:
        pipeline: To judge.
        corpus: What scenes are made of; at the encoder's size.
        scenes: How many, at least 1; no training has seen them.
        on_trial: Told of each as it is there.
    """
    trials = []
    for beginning in Beginning:
        before = 1 if beginning is Beginning.SECOND else 0
        config = replace(one_sprite(corpus), frames=(before + 1) * FRAMES_PER_SECOND)
        painter = ProceduralCorpus(config)
        for scene in range(scenes):
            plans = [_acting(painter.plan(HELD_OUT + scene), config.seed, verb, before) for verb in VERBS]
            latents, stills = encode_clips(pipeline.codec.vae, painter.render(plans))
            scale, length = pipeline.codec.vae.config.latent_scale, pipeline.dit.config.chunk_latent_frames
            given = (latents[:1, :, :length] if before else stills[:1]).float() * scale
            truths = latents[:, :, -length:].float() * scale
            for plan, verb in zip(plans, VERBS, strict=True):
                made = _made(pipeline, config, given, _words(plan, config.seed, before), seed=scene)
                # The picture itself is not made.
                first = 0 if before else 1
                got = VERBS[_nearest(made[0, :, first:], truths[:, :, first:])]
                trial = VerbTrial(scene=scene, beginning=beginning, wanted=verb, got=got)
                on_trial(trial)
                trials.append(trial)
    return tuple(trials)


def share_of_verbs(trials: Sequence[VerbTrial], beginning: Beginning) -> float:
    """Share of the trials with one beginning that did as told."""
    chosen = [trial for trial in trials if trial.beginning is beginning]
    return sum(trial.got is trial.wanted for trial in chosen) / max(1, len(chosen))


def _acting(plan: ClipPlan, seed: int, verb: SpriteVerb, before: int) -> ClipPlan:
    """The plan with its sprite near the middle, where it stands for some seconds and then does as the verb says."""
    rng = draws(seed, "scene", plan.index)
    start = SpriteStart(
        x=float(rng.uniform(-_REACH, _REACH)),
        y=float(rng.uniform(-_REACH, _REACH)),
        radius=float(rng.uniform(*_RADII)),
        angle=0.0,
        floor=1.0,
    )
    actions = (*(_action(SpriteVerb.STAND),) * before, _action(verb))
    # The same other colour whichever verb is painted, so that clips differ by the verb alone.
    return acted(plan, start, actions, other_colour_of(plan, rng))


def _action(verb: SpriteVerb) -> SpriteAction:
    low, high = VERB_RATES[verb][Speed.NORMAL]
    return SpriteAction(verb=verb, speed=Speed.NORMAL, rate=(low + high) / 2, direction=1, extent=0.2)


def _words(plan: ClipPlan, seed: int, second: int) -> str:
    return clip_caption(draws(seed, "scene words", plan.index), second_alone(plan.truth, second))


def _made(pipeline: VideoPipeline, config: CorpusConfig, given: Tensor, words: str, *, seed: int) -> Tensor:
    """The second that follows what is given, ``(1, C, T, h, w)``."""
    request = GenerationRequest(
        prompts=(words,), seconds=1, width=config.width, height=config.height, controls=NO_CONTROLS
    )
    sampler = pipeline.sampler_for(pipeline.prompts.embed(request, num_chunks=1).texts)
    state = sampler.start(
        num_chunks=1, latent_height=given.shape[3], latent_width=given.shape[4], seed=seed, prefix=given
    )
    return list(sampler.run(state))[-1].latents.float()


def _nearest(made: Tensor, truths: Tensor) -> int:
    """Which clip is nearest, by squared differences; ``(C, T, h, w)`` and ``(N, C, T, h, w)``."""
    return int(torch.argmin((truths - made).square().mean(dim=(1, 2, 3, 4))))
