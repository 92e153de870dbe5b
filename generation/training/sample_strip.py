"""Pictures of progress of a transformer: what it makes of clips it has never seen, beside what really happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from generation.config import ChunkPolicy, SamplingConfig
from generation.sampling.conditioning import ChunkTexts
from generation.sampling.sampler import Sampler
from generation.training.captioned_dit import CaptionedDiT
from generation.training.corpus.contact_sheet import write_contact_sheet
from generation.training.corpus.labels import ClipBatch
from generation.training.latent_writer import encode_clips
from generation.vae.codec import FrameCodec
from generation.vae.vae import VideoVAE

_STEPS = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleStrip:
    """Draws image-to-video samples of a few held-out clips.

    Owns nothing that changes; called by the training loop with the averaged model.
    """

    # With the latent_scale of the training.
    vae: VideoVAE
    # Whole seconds long.
    clips: ClipBatch
    num_steps: int = _STEPS

    def __call__(self, model: CaptionedDiT, path: Path) -> None:
        """Write a sheet: truth and sample below each other, with the caption.

        Raises:
            StorageError: If the file cannot be written.
        """
        _, stills = encode_clips(self.vae, self.clips.frames)
        stills = stills[:, :, :1].float() * self.vae.config.latent_scale
        rows: list[Tensor] = []
        labels: list[str] = []
        for index, caption in enumerate(self.clips.captions):
            truth = self.clips.frames[index].cpu()
            scale = self.vae.config.decoder_scale
            seconds = len(truth) // (model.config.chunk_latent_frames * self.vae.config.patch_length)
            sample = sample_clip(
                model, self.vae, stills[index : index + 1], (caption,) * seconds, num_steps=self.num_steps, seed=index
            )
            rows += [truth.repeat_interleave(scale, dim=1).repeat_interleave(scale, dim=2), sample]
            labels += [caption, ""]
        write_contact_sheet(path, rows, labels)


@torch.no_grad()
def sample_clip(
    model: CaptionedDiT, vae: VideoVAE, still: Tensor, captions: Sequence[str], *, num_steps: int, seed: int
) -> Tensor:
    """Make a clip from a picture's latents.

    Args:
        model: Base models run in three passes, distilled ones in one.
        vae: With the latent_scale of the training.
        still: ``(1, C, 1, h, w)``, scaled.
        captions: One per second.
        num_steps: Denoising steps per chunk.
        seed: Of the noise.

    Returns:
        uint8 ``(T, H, W, 3)`` on the CPU.
    """
    sampling = SamplingConfig(num_steps=num_steps, guidance_passes=1 if model.config.distilled else 3)
    texts = ChunkTexts.of(model.text(list(captions)))
    sampler = Sampler(model.dit, sampling, texts, weights_hash="in training")
    state = sampler.start(
        num_chunks=len(captions), latent_height=still.shape[3], latent_width=still.shape[4], seed=seed, prefix=still
    )
    codec = FrameCodec(vae, ChunkPolicy.SEAMLESS, chunk_latent_frames=model.config.chunk_latent_frames)
    frames: list[Tensor] = []
    context: Tensor | None = None
    for chunk in sampler.run(state):
        frames.append(codec.decode_chunk(chunk.latents, context))
        context = chunk.latents
    return torch.cat(frames)
