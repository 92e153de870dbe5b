"""One clean chunk becomes one second that can be watched: a fragment, its init segment and a poster, in the store."""

from dataclasses import dataclass

import torch

from generation.artifacts import ArtifactStore, sha256_of_bytes
from generation.contract.messages import ChunkDecoded, DecodeRequest, Message, TakeHeartbeat, stage_folder
from generation.contract.requests import FRAMES_PER_SECOND
from generation.media.fragments import encode_fragment
from generation.media.posters import poster_webp
from generation.pipeline.memory import memory_errors
from generation.pipeline.pipeline import VideoPipeline
from generation.serving.failures import decode_failure
from generation.serving.latents_file import read_latents
from generation.serving.take_state import frame_size
from generation.serving.watching import Heartbeat, Outlet

_POSTER_PIXELS = 640


@dataclass(frozen=True, kw_only=True, slots=True)
class ChunkDecoder:
    """Decodes chunks for a worker. Keeps nothing between two of them: equal requests give equal bytes."""

    pipeline: VideoPipeline
    store: ArtifactStore
    worker: str
    outlet: Outlet

    def decode(self, request: DecodeRequest) -> Message:
        """Decode, store and answer; the answer that was sent comes back."""
        heartbeat = TakeHeartbeat(take_id=request.take_id, token=request.token, worker=self.worker, stage=-1)
        with Heartbeat(lambda: self.outlet.send(heartbeat)):
            answer = self._answer(request)
        self.outlet.send(answer)
        return answer

    def _answer(self, request: DecodeRequest) -> Message:
        try:
            return self._run(request)
        except Exception as error:  # noqa: BLE001 - the boundary: whatever it is becomes an answer
            return decode_failure(request, error, worker=self.worker)

    @torch.inference_mode()
    def _run(self, request: DecodeRequest) -> ChunkDecoded:
        spec = request.spec
        size = frame_size(self.pipeline, spec)
        latents = read_latents(self.store, request.latents_key)
        context = read_latents(self.store, request.context_key) if request.context_key else None
        with memory_errors(width=spec.width, height=spec.height, window_size=1):
            frames = self.pipeline.codec.decode_chunk(latents, context)
        rows, columns = size.crop
        pixels = frames[:, rows, columns].contiguous().numpy()
        fragment = encode_fragment(pixels, index=request.index, start_frame=request.index * FRAMES_PER_SECOND)
        folder = f"{stage_folder(request.take_id, request.token)}/seen"
        keys = {name: f"{folder}/{request.index:03d}.{name}" for name in ("init.mp4", "m4s", "webp")}
        self.store.put(keys["init.mp4"], fragment.init)
        self.store.put(keys["webp"], poster_webp(pixels[-1], _POSTER_PIXELS))
        self.store.put(keys["m4s"], fragment.media)
        return ChunkDecoded(
            take_id=request.take_id,
            token=request.token,
            worker=self.worker,
            index=request.index,
            init_key=keys["init.mp4"],
            fragment_key=keys["m4s"],
            fragment_sha256=sha256_of_bytes(fragment.media),
            fragment_bytes=len(fragment.media),
            poster_key=keys["webp"],
            mime_type=fragment.mime_type,
            width=size.width,
            height=size.height,
        )
