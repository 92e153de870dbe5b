"""Devices that are there and that are not."""

import pytest
import torch

from generation.cli.devices import check_device, default_device
from generation.errors import ConfigError


@pytest.fixture
def gpus(monkeypatch):
    """Pretends that the machine has this many CUDA GPUs."""

    def have(count):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: count > 0)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: count)

    return have


def test_first_gpu_is_the_default_where_there_is_one(gpus):
    gpus(2)
    assert default_device() == "cuda"
    gpus(0)
    assert default_device() == "cpu"


@pytest.mark.parametrize("name", ["cuda", "cuda:0"])
def test_missing_gpu_is_said(gpus, name):
    gpus(0)

    with pytest.raises(ConfigError, match="needs a CUDA GPU"):
        check_device(name)


def test_number_beyond_the_last_gpu_is_said(gpus):
    gpus(2)
    check_device("cuda:1")

    with pytest.raises(ConfigError, match="below cuda:2"):
        check_device("cuda:2")


def test_missing_apple_gpu_is_said(monkeypatch):
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)

    with pytest.raises(ConfigError, match="Apple GPU"):
        check_device("mps")


@pytest.mark.parametrize("name", ["", "tpu", "cuda:x", "cuda:-1", "cuda:9999", "CPU", "meta"])
def test_what_is_no_device_is_refused(name):
    with pytest.raises(ConfigError, match="--device must be"):
        check_device(name)


def test_cpu_is_always_there():
    check_device("cpu")
