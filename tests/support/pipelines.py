"""A pipeline whose every part is tiny and random: a clip of three seconds takes a fraction of one."""

from pathlib import Path

import av
import numpy as np
import torch

from generation.config import ChunkPolicy, NoisePolicy, SamplingConfig
from generation.contract.requests import FRAMES_PER_SECOND
from generation.pipeline.pipeline import VideoPipeline
from generation.pipeline.prompts import PromptEmbedder
from generation.text.control_tokens import ControlTokenTable
from generation.text.encoder import TextEncoder
from generation.text.random_encoder import write_random_encoder
from generation.vae.codec import FrameCodec
from tests.support.models import tiny_dit
from tests.support.vaes import tiny_vae

TEXT_DIM = 24
# Whole patches of the smallest autoencoder and transformer.
SIZE_MULTIPLE = 8


def tiny_pipeline(cache: Path, *, seed: int = 0, policy: ChunkPolicy = ChunkPolicy.SEAMLESS, **sampling):
    """Four steps in a window of two, unless told otherwise; ``sampling`` are fields of SamplingConfig."""
    noise = NoisePolicy.SINGLE_DRAW if policy is ChunkPolicy.REFERENCE else NoisePolicy.PER_CHUNK
    settings = SamplingConfig(
        **{"num_steps": 4, "window_size": 2, "chunk_policy": policy, "noise_policy": noise, **sampling}
    )
    dit = tiny_dit(seed, latent_channels=4, text_dim=TEXT_DIM)
    encoder = TextEncoder(
        write_random_encoder(cache, text_dim=TEXT_DIM, seed=seed),
        max_tokens=dit.config.text_max_tokens,
        cache_folder=cache / "embeddings",
    )
    return VideoPipeline(
        dit=dit.eval(),
        codec=FrameCodec(tiny_vae(seed).eval(), policy),
        prompts=PromptEmbedder(encoder=encoder, control_tokens=ControlTokenTable.empty(TEXT_DIM)),
        sampling=settings,
        fingerprint=f"tiny {seed}",
    )


def all_frames(chunks) -> torch.Tensor:
    """The frames of a clip, one chunk after the other."""
    return torch.cat([chunk.frames for chunk in chunks])


def write_clip(path: Path, *, frames: int, size: tuple[int, int] = (48, 40)) -> Path:
    """A clip at 24 frames per second that gets brighter from frame to frame."""
    with av.open(path, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for index in range(frames):
            picture = np.full((size[1], size[0], 3), 20 + 200 * index // max(1, frames - 1), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return path


def write_picture(path: Path, *, size: tuple[int, int] = (48, 40)) -> Path:
    """A picture that is darker on the left."""
    from PIL import Image

    row = np.linspace(30, 220, size[0]).astype(np.uint8)
    Image.fromarray(np.tile(row[None, :, None], (size[1], 1, 3))).save(path)
    return path
