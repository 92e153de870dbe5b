"""Triton kernels without a GPU: interpreted for their values, compiled for GPUs that are not there.

Two markers, both on plain tests:

- ``interpreter``: the test's body runs where kernels are interpreted, in a process of its own. Triton decides at a
  kernel's definition whether it is interpreted, so the two ways cannot share a process. Call the functions of a
  ``kernel.py`` with tensors on the CPU.
- ``compiles``: the test asks :func:`compiled_for` what its launches became.
"""

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import torch

INTERPRETED = "TRITON_INTERPRET"
# Shared memory that one program may take, in bytes, by compute capability.
SHARED_MEMORY = {80: 163 * 1024, 90: 227 * 1024}
CAPABILITIES = tuple(SHARED_MEMORY)
DTYPES = (torch.float32, torch.float16, torch.bfloat16)


def is_installed() -> bool:
    """Whether there is a Triton; it comes for Linux only."""
    return importlib.util.find_spec("triton") is not None


def interprets() -> bool:
    """Whether kernels are interpreted in this process."""
    return os.environ.get(INTERPRETED) == "1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Compiled:
    """One launch as it was compiled; ``shared`` is the shared memory that it takes, in bytes."""

    name: str
    shared: int
    ptx: str


@contextmanager
def compiled_for(capability: int) -> Iterator[list[Compiled]]:
    """Compile, instead of running, every kernel that is launched within: with the launch's own arguments.

    Args:
        capability: 80 or 90.

    Yields:
        What was compiled so far. On leaving, every kernel's shared memory has been held against the GPU's.
    """
    from triton.runtime import driver
    from triton.runtime.jit import JITFunction

    compiled: list[Compiled] = []
    run = JITFunction.run

    def compile_only(self: Any, *args: Any, **kwargs: Any) -> None:
        kernel = run(self, *args, **{**kwargs, "warmup": True})
        compiled.append(Compiled(name=self.__name__, shared=kernel.metadata.shared, ptx=kernel.asm["ptx"]))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JITFunction, "run", compile_only)
        patch.setattr(driver, "_active", _driver_of(capability))
        yield compiled
    assert compiled, "nothing was launched"
    limit = SHARED_MEMORY[capability]
    assert [kernel for kernel in compiled if kernel.shared > limit] == [], f"more than {limit} bytes of shared memory"


def _driver_of(capability: int) -> Any:
    """A driver of a GPU that is not there: it says what to compile for and can run nothing."""
    from triton.backends.compiler import GPUTarget
    from triton.backends.driver import DriverBase

    class AbsentGPU(DriverBase):
        is_active = classmethod(lambda _: True)

        def get_current_target(self) -> GPUTarget:
            return GPUTarget("cuda", capability, 32)

        def get_current_device(self) -> int:
            # Triton keeps what it compiled by device.
            return capability

        def get_current_stream(self, _device: int) -> int:
            return 0

        def map_python_to_cpp_type(self, ty: str) -> str:
            raise NotImplementedError(ty)

        def get_active_torch_device(self) -> None:
            raise NotImplementedError

        def get_benchmarker(self) -> None:
            raise NotImplementedError

    return AbsentGPU()
