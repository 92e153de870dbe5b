"""Out of memory, told apart from other faults."""

import pytest
import torch

from generation.errors import OutOfMemory
from generation.pipeline.memory import memory_errors


def run(error: Exception, *, window_size: int = 4) -> None:
    with memory_errors(width=640, height=480, window_size=window_size):
        raise error


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB"),
        MemoryError("Unable to allocate 3 GiB"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:127] DefaultCPUAllocator: can't allocate memory: you tried to"),
        RuntimeError("MPS backend out of memory (MPS allocated: 17 GB)"),
    ],
)
def test_any_device_that_ran_out_is_one_error(error):
    with pytest.raises(OutOfMemory) as raised:
        run(error)

    assert raised.value.__cause__ is error


def test_advice_leaves_out_the_window_that_is_as_small_as_can_be():
    with pytest.raises(OutOfMemory) as raised:
        run(MemoryError(), window_size=1)

    assert str(raised.value) == "the memory does not suffice (none left); ask for a smaller size than 640x480"


def test_other_faults_pass_through():
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        run(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))


def test_real_shortage_of_the_cpu_is_recognised():
    with pytest.raises(OutOfMemory), memory_errors(width=64, height=64, window_size=1):
        torch.empty(2**55, dtype=torch.uint8)
