"""Seconds that a model makes itself of a cache's clips, for it to continue in training.

At inference every second but the first continues what the model made, never what really happened; trained on the latter
alone it meets its own mistakes unprepared, and adds to them second by second. Here it makes every inner second of
cached clips from the true second before it, in the way in which it is served;
:func:`~generation.training.training_clips.with_own_seconds` lets clips begin with those.

A clip's last second is left out: nothing continues it. The noise depends on the clip's number alone, so an interrupted
run goes on with the next shard.
"""

from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor

from generation.artifacts import atomic_write
from generation.errors import RequestError
from generation.training.latent_cache import LatentCache, clips_in, own_file, shard_files
from generation.training.served_model import MADE_BY, ServedModel, maker_of

# Shorter clips have no second that is continued and continues another.
_FEWEST_SECONDS = 3


def write_own_seconds(folder: Path, maker: ServedModel, *, should_stop: Callable[[], bool]) -> int:
    """Make the seconds of all shards of a cache that this model has not made yet; another's are replaced.

    Args:
        folder: The cache, of clips of 3 seconds or more.
        maker: Makes them.
        should_stop: Asked before every clip; a shard that is interrupted is begun anew.

    Returns:
        Shards that have such seconds now.

    Raises:
        RequestError: If the clips are shorter.
        StorageError: If the disk is full; whole shards stay.
        WeightsError: If the cache is damaged.
    """
    cache = LatentCache(folder)
    if cache.seconds < _FEWEST_SECONDS:
        raise RequestError(
            f"clips of {folder} must be {_FEWEST_SECONDS} s or longer for a second that continues one and is "
            f"continued, got {cache.seconds} s"
        )
    cache.check_cut(1)
    made_by = maker.identity
    first = 0
    for number, shard in enumerate(shard_files(folder)):
        clips = range(first, first + clips_in(shard))
        first = clips.stop
        if maker_of(own_file(shard)) == made_by:
            continue
        rows: list[Tensor] = []
        for clip in clips:
            if should_stop():
                return number
            rows.append(_inner_seconds(cache, clip, maker))
        latents = (torch.cat(rows) / maker.latent_scale).to(torch.bfloat16).contiguous()
        atomic_write(own_file(shard), save({"latents": latents}, metadata={MADE_BY: made_by}))
    return len(shard_files(folder))


def _inner_seconds(cache: LatentCache, clip: int, maker: ServedModel) -> Tensor:
    """``(1, C, T, h, w)``, scaled, of all seconds but the first and the last."""
    made = []
    for second in range(cache.seconds - 2):
        before = cache.batch([clip], starts=[second], seconds=1, latent_scale=maker.latent_scale)
        made.append(maker.second_after(before.latents, before.words[0].caption, seed=clip))
    return torch.cat(made, dim=2)
