"""The noise from which chunks start, reproducible from a seed alone."""

import hashlib

import torch
from torch import Tensor


def chunk_seed(seed: int, chunk: int) -> int:
    """Mix a clip's seed and a chunk's index into 64 bits, so that neighbours have nothing in common.

    The generator's own seeding looks at 32 of them, so two given chunks of any two clips share their noise with a
    probability of 2^-32; seeds that differ only above bit 32 still differ here.
    """
    digest = hashlib.blake2b(f"chunk noise {seed} {chunk}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def draw_chunk_noise(seed: int, chunk: int, shape: tuple[int, ...]) -> Tensor:
    """Draw one chunk's starting noise.

    It depends on nothing else: not on the clip's length, the other chunks, the device or the model's dtype. It is drawn
    in double precision and then rounded, since single-precision draws take other vector routines on other CPUs.

    Args:
        seed: Of the clip.
        chunk: Index among the generated chunks; prefix chunks do not count.
        shape: Of the chunk's latents.

    Returns:
        Standard normal float32 on the CPU.
    """
    generator = torch.Generator().manual_seed(chunk_seed(seed, chunk))
    return torch.randn(shape, generator=generator, dtype=torch.float64).to(torch.float32)


def draw_clip_noise(seed: int, shape: tuple[int, ...]) -> Tensor:
    """Draw the noise of a whole clip at once, prefix chunks included, as the released code does.

    Every value depends on the clip's full shape; time and memory grow with it. Same numbers as the released code run
    on a CPU; a CUDA device draws others (spec dit §5).

    Args:
        seed: Of the clip.
        shape: Of the clip's latents.

    Returns:
        Standard normal float32 on the CPU.
    """
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))
