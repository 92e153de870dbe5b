"""Random numbers by address: any draw of any sample can be repeated without drawing the ones before it."""

from collections.abc import Sequence
from typing import TypeVar
from zlib import crc32

import numpy as np

Option = TypeVar("Option")


def draws(seed: int, stream: str, index: int) -> np.random.Generator:
    """The generator of one thing, found by its address alone.

    Workers, batches and the order of access therefore never change a sample.

    Args:
        seed: The corpus seed, at least 0.
        stream: What is drawn ("plan", "canvas", ...); streams are independent of each other.
        index: Which one, at least 0.

    Returns:
        A fresh generator, always in the same state.
    """
    return np.random.default_rng([seed, crc32(stream.encode()), index])


def pick(rng: np.random.Generator, options: Sequence[Option]) -> Option:
    """One of the options, all equally likely."""
    return options[int(rng.integers(len(options)))]


def pick_weighted(rng: np.random.Generator, options: Sequence[Option], weights: Sequence[float]) -> Option:
    """One of the options, in proportion to weights that need not sum to 1."""
    return options[_place(float(rng.random()), weights)]


def balanced_pick(seed: int, stream: str, index: int, weights: Sequence[float]) -> int:
    """A draw whose counts follow the weights closely in every block of samples, not only in the long run.

    Each block of 120 indices takes evenly spaced places on the cumulative weights, in shuffled order: a small set
    then holds every option in its share, so that no camera word is rare by chance.

    Returns:
        The option's position in ``weights``.
    """
    block_length = 120
    block, place = divmod(index, block_length)
    rng = draws(seed, stream, block)
    offset = float(rng.random())
    return _place((float(rng.permutation(block_length)[place]) + offset) / block_length, weights)


def _place(share: float, weights: Sequence[float]) -> int:
    cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
    position = int(np.searchsorted(cumulative, share * cumulative[-1], side="right"))
    return min(position, len(weights) - 1)
