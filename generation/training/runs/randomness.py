"""All randomness of a run, derived from its seed and the step, so that a resume needs no stored generator."""

import hashlib

import torch


def step_generator(seed: int, step: int, purpose: str, device: torch.device | str = "cpu") -> torch.Generator:
    """A generator of its own for one purpose in one step.

    Args:
        seed: The run's seed.
        step: The training step.
        purpose: Keeps draws apart that must not be correlated, such as ``"noise"`` and ``"timesteps"``.
        device: Where the numbers are drawn.
    """
    digest = hashlib.sha256(f"{seed}/{step}/{purpose}".encode()).digest()
    generator = torch.Generator(device)
    generator.manual_seed(int.from_bytes(digest[:8], "big") >> 1)
    return generator
