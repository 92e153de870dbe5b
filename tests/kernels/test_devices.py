"""Where Triton is taken, and what is said where it is not."""

import logging

import pytest
import torch

from kernels import devices
from kernels.devices import Backend, choose_backend
from kernels.errors import UnsupportedInput
from kernels.gated_residual.op import gated_residual
from kernels.norm_rope.op import norm_rope
from kernels.swiglu.op import swiglu


class OnGPU:
    """What the choice looks at of a tensor on a GPU."""

    def __init__(self, dtype=torch.bfloat16):
        self.device, self.dtype = torch.device("cuda", 0), dtype


@pytest.fixture
def gpu(monkeypatch):
    """A GPU and Triton, as the choice sees them; changed by name."""
    found = {"capability": (9, 0), "triton": True}
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: found["capability"])
    monkeypatch.setattr(devices.importlib.util, "find_spec", lambda _: found["triton"] or None)
    devices._has_triton.cache_clear()
    yield found
    devices._has_triton.cache_clear()


def test_reference_is_taken_on_a_processor():
    assert choose_backend(None, torch.ones(1)) is Backend.EAGER


def test_triton_is_taken_on_a_gpu(gpu):
    assert choose_backend(None, OnGPU(), OnGPU(torch.float32)) is Backend.TRITON
    assert choose_backend(Backend.TRITON, OnGPU()) is Backend.TRITON
    assert choose_backend(Backend.EAGER, OnGPU()) is Backend.EAGER


@pytest.mark.parametrize(
    ("tensor", "changed", "said"),
    [
        (OnGPU(), {"capability": (7, 5)}, "cuda:0 has capability 7.5 and 8.0 is needed"),
        (OnGPU(torch.float64), {}, "some are torch.float64"),
        (OnGPU(), {"triton": False}, "Triton is not installed"),
        (torch.ones(1), {}, "they are on cpu"),
    ],
)
def test_reference_is_taken_where_triton_cannot_run(gpu, tensor, changed, said):
    gpu.update(changed)

    assert choose_backend(None, tensor) is Backend.EAGER
    with pytest.raises(UnsupportedInput, match=said):
        choose_backend(Backend.TRITON, tensor)


def test_reference_is_taken_while_it_is_compiled(gpu, monkeypatch):
    monkeypatch.setattr(torch.compiler, "is_compiling", lambda: True)

    assert choose_backend(None, OnGPU()) is Backend.EAGER
    with pytest.raises(UnsupportedInput, match="compile is fusing them"):
        choose_backend(Backend.TRITON, OnGPU())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_layers_are_compiled_whole():
    """Their checks and the choice leave no break in the graph."""

    def layers(heads, scale, angles, hidden, gate):
        turned = norm_rope(heads, scale, scale, (angles, angles), eps=1e-6, dtype=heads.dtype)
        joined = gated_residual(hidden, turned.flatten(2), gate, gate[0, 0], gate[0, 0], eps=1e-6)
        return swiglu(joined)

    tensors = torch.ones(1, 6, 2, 8), torch.ones(8), torch.ones(6, 3), torch.ones(1, 6, 16), torch.ones(1, 2, 16)

    compiled = torch.compile(layers, fullgraph=True, backend="eager")

    assert torch.equal(compiled(*tensors), layers(*tensors))


def test_missing_triton_is_said_once(gpu, caplog):
    gpu["triton"] = False

    with caplog.at_level(logging.WARNING):
        choose_backend(None, OnGPU())
        choose_backend(None, OnGPU())

    assert [record.message for record in caplog.records] == [
        "Triton is not installed: layers run op by op on the GPU, and attention in blocks"
    ]  # fmt: skip


def test_tensors_on_several_devices_are_refused():
    with pytest.raises(UnsupportedInput, match="on one device, got cpu, meta: move them together"):
        choose_backend(None, torch.ones(1), torch.ones(1, device="meta"))
