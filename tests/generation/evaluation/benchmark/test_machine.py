"""What is said about this machine."""

from pathlib import Path

import pytest
import torch

from generation.evaluation.benchmark.machine import Machine, forget_peak, load_average, peak_bytes

MEBIBYTE = 1024**2
COUNTS_MEMORY = Path("/proc/self/clear_refs").exists() and peak_bytes() is not None


def test_the_machine_says_how_many_threads_are_used():
    machine = Machine.this_one()

    assert machine.threads == torch.get_num_threads()
    assert f"{machine.threads} threads" in str(machine)


def test_the_machine_says_whether_it_multiplies_bfloat16():
    machine = Machine(processor="abacus", cores=2, threads=1, torch_version="2.13.0", multiplies_bfloat16=False)

    assert str(machine) == "abacus, 2 cores, 1 threads, torch 2.13.0, no native bfloat16 products"


def test_the_load_is_not_negative():
    assert not load_average() < 0


@pytest.mark.skipif(not COUNTS_MEMORY, reason="this system does not count a process's peak memory")
def test_a_peak_is_seen_after_its_memory_is_free_and_until_it_is_forgotten():
    forget_peak()
    before = peak_bytes()

    large = torch.ones(64 * MEBIBYTE // 4)
    del large
    with_peak = peak_bytes()
    forget_peak()

    assert with_peak - before > 48 * MEBIBYTE
    assert peak_bytes() < with_peak - 32 * MEBIBYTE
