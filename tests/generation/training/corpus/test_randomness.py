"""Draws are found by their address, and options come in their shares."""

from collections import Counter

import numpy as np

from generation.training.corpus.randomness import balanced_pick, draws, pick, pick_weighted


def test_the_same_address_gives_the_same_numbers():
    assert draws(1, "plan", 2).random(4).tolist() == draws(1, "plan", 2).random(4).tolist()


def test_another_seed_stream_or_index_gives_other_numbers():
    addresses = [(1, "plan", 2), (2, "plan", 2), (1, "canvas", 2), (1, "plan", 3)]

    assert len({float(draws(*address).random()) for address in addresses}) == 4


def test_numbers_are_known_so_that_a_corpus_outlives_a_release():
    assert draws(0, "plan", 0).integers(0, 1000, 5).tolist() == [925, 361, 998, 655, 539]


def test_every_option_can_be_picked():
    rng = np.random.default_rng(0)

    assert {pick(rng, "abc") for _ in range(50)} == set("abc")


def test_weights_are_followed_and_zero_is_never_picked():
    rng = np.random.default_rng(0)

    counts = Counter(pick_weighted(rng, "abc", (3.0, 0.0, 1.0)) for _ in range(2000))

    assert counts["b"] == 0
    assert 0.70 < counts["a"] / 2000 < 0.80


def test_a_block_of_120_holds_every_option_in_its_share():
    counts = Counter(balanced_pick(5, "camera", index, [1.0] * 30) for index in range(120))

    assert set(counts.values()) == {4}


def test_the_order_inside_a_block_is_shuffled():
    order = [balanced_pick(5, "camera", index, [1.0] * 4) for index in range(120)]

    assert order != sorted(order)
    assert order != [balanced_pick(5, "camera", index + 120, [1.0] * 4) for index in range(120)]
