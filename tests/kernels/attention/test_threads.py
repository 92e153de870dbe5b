"""Threads that compute alone leave nothing behind in those that do not."""

import threading

import pytest
import torch

from kernels.attention.threads import run_apart


@pytest.fixture(autouse=True)
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_all_parts_are_run_by_threads_of_one():
    seen = []

    run_apart([lambda: seen.append(torch.get_num_threads()) for _ in range(5)])

    assert seen == [1] * 5


def test_a_single_part_has_all_threads():
    seen = []

    run_apart([lambda: seen.append(torch.get_num_threads())])

    assert seen == [2]


def test_caller_and_new_threads_keep_their_number():
    run_apart([lambda: None, lambda: None])
    seen = [torch.get_num_threads()]
    thread = threading.Thread(target=lambda: seen.append(torch.get_num_threads()))
    thread.start()
    thread.join()

    assert seen == [2, 2]


def test_errors_of_a_part_reach_the_caller():
    def fail() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        run_apart([fail, lambda: None])


def test_inference_mode_holds_in_every_part():
    with torch.inference_mode():
        kept = torch.zeros(2)

        run_apart([lambda: kept[0].add_(1), lambda: kept[1].add_(2)])

    assert kept.tolist() == [1, 2]
