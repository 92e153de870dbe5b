"""A take between two stages, as it lies in the store; and the one that a worker still has in memory."""

from dataclasses import dataclass, replace

from torch import Tensor

from generation.artifacts import ArtifactStore, sha256_of_bytes
from generation.contract.messages import AdvanceRequest, TakeSpec, stage_folder
from generation.contract.requests import ControlTokens, GenerationRequest
from generation.pipeline.pipeline import VideoPipeline
from generation.pipeline.sizes import FrameSize
from generation.sampling.conditioning import ChunkTexts
from generation.sampling.sampler import Sampler
from generation.sampling.state import SamplerState
from generation.serving.latents_file import latents_to_bytes
from generation.serving.origin import prefix_latents


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenTake:
    """A take that can be advanced: its state, and the sampler that may still hold its keys and values."""

    take_id: str
    sampler: Sampler
    state: SamplerState
    texts_key: str
    context_key: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class TakeOpener:
    """Opens takes: fresh ones from their spec, others from what their last stage left."""

    pipeline: VideoPipeline
    store: ArtifactStore

    def open(self, request: AdvanceRequest) -> OpenTake:
        """The take of a request, ready for its stage.

        Raises:
            StateError: If what is stored belongs to other weights, text or settings, or was changed.
            StorageError: If it is missing.
            GenerationError: Whatever is wrong with the spec.
        """
        return self._stored(request) if request.state_key else self._fresh(request)

    def _stored(self, request: AdvanceRequest) -> OpenTake:
        state = SamplerState.from_bytes(self.store.get(request.state_key))
        texts = ChunkTexts.from_bytes(self.store.get(request.texts_key))
        return OpenTake(
            take_id=request.take_id,
            sampler=self._with_settings(request.spec).sampler_for(texts),
            state=state,
            texts_key=request.texts_key,
            context_key=request.context_key,
        )

    def _fresh(self, request: AdvanceRequest) -> OpenTake:
        spec, pipeline = request.spec, self._with_settings(request.spec)
        size = frame_size(pipeline, spec)
        prefix = prefix_latents(pipeline, self.store, spec, size)
        embedded = pipeline.prompts.embed(_as_request(spec), num_chunks=spec.seconds)
        sampler = pipeline.sampler_for(embedded.texts)
        latent_height, latent_width = pipeline.latent_size(size)
        state = sampler.start(
            num_chunks=spec.seconds,
            latent_height=latent_height,
            latent_width=latent_width,
            seed=spec.seed,
            prefix=prefix,
        )
        folder = stage_folder(request.take_id, request.token)
        texts_key = f"{folder}/texts.safetensors"
        self.store.put(texts_key, embedded.texts.to_bytes())
        return OpenTake(
            take_id=request.take_id,
            sampler=sampler,
            state=state,
            texts_key=texts_key,
            context_key=self._store_context(folder, prefix, pipeline.dit.config.chunk_latent_frames),
            warnings=tuple(f"prompt_{warning.problem.value}" for warning in embedded.warnings),
        )

    def _store_context(self, folder: str, prefix: Tensor | None, chunk_latent_frames: int) -> str:
        """Keep the last whole chunk of the prefix, which the first second is decoded after; empty without one."""
        if prefix is None or prefix.shape[2] < chunk_latent_frames:
            return ""
        key = f"{folder}/context.safetensors"
        self.store.put(key, latents_to_bytes(prefix[:, :, -chunk_latent_frames:]))
        return key

    def _with_settings(self, spec: TakeSpec) -> VideoPipeline:
        own = self.pipeline.sampling
        steps, window = spec.num_steps or own.num_steps, spec.window_size or own.window_size
        if (steps, window) == (own.num_steps, own.window_size):
            return self.pipeline
        return replace(self.pipeline, sampling=replace(own, num_steps=steps, window_size=window))


def frame_size(pipeline: VideoPipeline, spec: TakeSpec) -> FrameSize:
    """The take's size, asked and inside the model."""
    return FrameSize.of(spec.width, spec.height, multiple=pipeline.size_multiple)


def store_state(store: ArtifactStore, request: AdvanceRequest, state: SamplerState) -> str:
    """Keep the state after a stage under the lease's own key."""
    key = f"{stage_folder(request.take_id, request.token)}/state_{state.stage:03d}.safetensors"
    store.put(key, state.to_bytes())
    return key


def store_chunk(store: ArtifactStore, request: AdvanceRequest, index: int, latents: Tensor) -> tuple[str, str]:
    """Keep a clean chunk; its key and SHA-256."""
    blob = latents_to_bytes(latents)
    key = f"{stage_folder(request.take_id, request.token)}/chunk_{index:03d}.safetensors"
    store.put(key, blob)
    return key, sha256_of_bytes(blob)


def _as_request(spec: TakeSpec) -> GenerationRequest:
    """The words of a take, as the text side reads them; what it starts from is latents already."""
    return GenerationRequest(
        prompts=spec.prompts,
        seconds=spec.seconds,
        width=spec.width,
        height=spec.height,
        seed=spec.seed,
        controls=ControlTokens(),
    )
