"""Load once, then make clips: the front door of :mod:`generation`.

::

    pipeline = load_preset(find_preset("tiny"), weights=Path("downloads"), cache=Path("cache"))
    request = GenerationRequest(prompts=("waves roll in",), seconds=2, width=128, height=128)
    for chunk in pipeline.generate(request):
        show(chunk.frames)

What happens to a request: its prompts become embeddings (:mod:`generation.text`), its image or clip becomes prefix
latents (:mod:`generation.vae`), the sampler denoises chunk on chunk (:mod:`generation.sampling`), and every clean
chunk is decoded as soon as it exists.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor

from generation.config import SamplingConfig
from generation.contract.requests import GenerationRequest
from generation.model.dit import DiT
from generation.pipeline.clip import Clip, DecodedChunk
from generation.pipeline.memory import memory_errors
from generation.pipeline.prefix import plan_prefix
from generation.pipeline.prompts import PromptEmbedder
from generation.pipeline.sizes import FrameSize
from generation.sampling.conditioning import ChunkTexts
from generation.sampling.sampler import Sampler
from generation.sampling.state import SamplerState
from generation.vae.codec import FrameCodec


@dataclass(frozen=True, kw_only=True, slots=True)
class VideoPipeline:
    """A loaded model: transformer, autoencoder and text side, ready for any number of clips.

    Make one with :mod:`generation.pipeline.loading`.
    """

    dit: DiT
    codec: FrameCodec
    prompts: PromptEmbedder
    sampling: SamplingConfig
    # Of the weights of transformer and autoencoder; a state made with others is refused.
    fingerprint: str

    @property
    def size_multiple(self) -> int:
        """Pixels per token side; sizes that are not multiples are made larger and cropped."""
        return self.codec.vae.config.pixels_per_cell * self.dit.config.patch_size

    def latent_size(self, size: FrameSize) -> tuple[int, int]:
        """Rows and columns of the latents of frames."""
        cell = self.codec.vae.config.pixels_per_cell
        return size.model_height // cell, size.model_width // cell

    def generate(self, request: GenerationRequest) -> Iterator[DecodedChunk]:
        """Make a clip from the start, chunk by chunk.

        Raises:
            RequestError: If the request cannot be made by this model.
            MediaError: If its image or clip cannot be read.
        """
        return iter(self.start(request))

    def start(self, request: GenerationRequest) -> Clip:
        """Everything up to the first denoising step; iterate over the result.

        Raises:
            RequestError: If the request cannot be made by this model.
            MediaError: If its image or clip cannot be read.
            OutOfMemory: If the device cannot hold the prompts' encoder or frames of this size.
        """
        size = FrameSize.of(request.width, request.height, multiple=self.size_multiple)
        with memory_errors(width=size.width, height=size.height, window_size=self.sampling.window_size):
            prefix = plan_prefix(
                request,
                size,
                self.codec,
                policy=self.sampling.chunk_policy,
                chunk_latent_frames=self.dit.config.chunk_latent_frames,
            )
        embedded = self.prompts.embed(request, num_chunks=prefix.num_chunks)
        sampler = self.sampler_for(embedded.texts)
        latent_height, latent_width = self.latent_size(size)
        state = sampler.start(
            num_chunks=prefix.num_chunks,
            latent_height=latent_height,
            latent_width=latent_width,
            seed=request.seed,
            prefix=prefix.latents,
        )
        return Clip(
            sampler=sampler,
            codec=self.codec,
            texts=embedded.texts,
            state=state,
            context=prefix.context(self.dit.config.chunk_latent_frames),
            size=size,
            warnings=(
                *size.warnings(asked_width=request.width, asked_height=request.height),
                *prefix.warnings,
                *embedded.warnings,
            ),
        )

    def resume(
        self, request: GenerationRequest, texts: ChunkTexts, state: SamplerState, *, context: Tensor | None
    ) -> Clip:
        """Go on with a clip from a stored state; the bytes are those of a clip that was never interrupted.

        Args:
            request: The request the clip began with (only its size is needed).
            texts: The texts the clip began with.
            state: Where it stopped, usually read back from a :class:`~generation.pipeline.clip_folder.ClipFolder`.
            context: The last finished chunk's latents; the prefix's when no chunk is finished; None without either.

        Raises:
            StateError: If the state belongs to other weights or texts.
        """
        size = FrameSize.of(request.width, request.height, multiple=self.size_multiple)
        return Clip(
            sampler=self.sampler_for(texts), codec=self.codec, texts=texts, state=state, context=context, size=size
        )

    def free_text_encoder(self) -> None:
        """Give the text encoder's memory back once no more prompts are to come; the next one loads it again."""
        self.prompts.encoder.free()

    def sampler_for(self, texts: ChunkTexts) -> Sampler:
        """A sampler for one clip's texts."""
        return Sampler(self.dit, self.sampling, texts, weights_hash=self.fingerprint)
