"""Which tests cannot run here, and why."""

import pytest


def _cuda_devices() -> int:
    # Only here: most runs have no test that needs to know.
    import torch

    return torch.cuda.device_count()


def reason_to_skip(item: pytest.Item) -> str | None:
    """Why a marked test is not run on this machine; None when it is."""
    needed = 2 if item.get_closest_marker("multi_gpu") else 1 if item.get_closest_marker("gpu") else 0
    if needed and _cuda_devices() < needed:
        return f"needs {needed} CUDA device{'s' if needed > 1 else ''}"
    if item.get_closest_marker("weights") and not item.config.getoption("--weights"):
        return "needs released weights: pytest --weights FOLDER"
    if item.get_closest_marker("slow") and not item.config.getoption("--slow"):
        return "takes minutes: pytest --slow"
    return None
