"""One process of a team that trains a tiny transformer; started by the launcher: ``train_in_team.py CACHE RUN``."""

import sys
from pathlib import Path

import torch

from generation.training.dit_trainer import DiTTraining, train_dit
from generation.training.latent_cache import LatentCache
from generation.training.runs.loop import LoopConfig, RunControl
from generation.training.runs.schedule import LearningRate
from generation.training.runs.team import joined_team
from generation.training.training_clips import CacheShare
from tests.support.training import DIT, TEXT, tiny_model

STEPS = 5


def train(cache: Path, folder: Path) -> None:
    training = DiTTraining(
        dit=DIT,
        text=TEXT,
        caches=(CacheShare(cache="cache", batch=4),),
        loop=LoopConfig(
            total_steps=STEPS, learning_rate=LearningRate(peak=1e-3, warmup_steps=1), log_every=2, save_every=3
        ),
        latent_scale=1.0,
        bfloat16=False,
    )
    with joined_team(torch.device("cpu")) as team:
        train_dit(
            training,
            {"cache": LatentCache(cache)},
            folder,
            model=tiny_model(),
            draw_sample=lambda model, path: None,
            control=RunControl(team=team),
        )


if __name__ == "__main__":
    torch.set_num_threads(1)
    train(Path(sys.argv[1]), Path(sys.argv[2]))
