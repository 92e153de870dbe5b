"""A clip in the making, on disk: what is finished can be played, and what is not can go on.

Beside ``cat.mp4`` stands ``cat.mp4.making/`` until the clip is whole::

    order.json          the request and the model's name and settings
    texts.safetensors   the embedded prompts
    context.safetensors latents before the first chunk, if the clip continues another
    state.safetensors   the sampler's state after the last finished stage
    chunk_00000.safetensors ...   the latents of finished chunks
    growing.mp4         the finished chunks, playable at any time

A chunk is written picture first, latents second, state last. A process that dies in between makes the chunk again,
with the same bytes, and finds its pictures already there.
"""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from generation.artifacts import LocalArtifacts
from generation.errors import StateError, StorageError
from generation.media.boxes import read_whole_boxes
from generation.media.fragments import encode_fragment
from generation.media.growing import GrowingMovie
from generation.media.movie import MovieFacts, write_movie
from generation.pipeline.clip import DecodedChunk
from generation.sampling.conditioning import ChunkTexts
from generation.sampling.state import SamplerState


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredClip:
    """What is needed to go on."""

    order: dict[str, object]
    texts: ChunkTexts
    state: SamplerState
    # Latents right before the next chunk, (1, C, t, h, w), if there are any.
    context: Tensor | None


class ClipFolder:
    """The folder of one clip; one process at a time writes it."""

    def __init__(self, output: Path) -> None:
        """Name the folder; nothing is touched yet.

        Args:
            output: The finished file.
        """
        self.output = output
        self.root = output.with_name(output.name + ".making")
        self._files = LocalArtifacts(self.root)

    @property
    def growing(self) -> Path:
        """The file that plays while it grows."""
        return self.root / "growing.mp4"

    @property
    def exists(self) -> bool:
        """Whether a clip was begun here and can go on."""
        return self._files.exists("order.json") and self._files.exists("state.safetensors")

    def begin(
        self, order: dict[str, object], *, texts: ChunkTexts, state: SamplerState, context: Tensor | None
    ) -> None:
        """Put down everything a resume needs, in place of an earlier clip of the same name.

        Raises:
            StorageError: If it cannot be written.
        """
        self.discard()
        self._files.put("texts.safetensors", texts.to_bytes())
        if context is not None:
            self._files.put("context.safetensors", save({"latents": context.float().cpu().contiguous()}))
        self._files.put("order.json", json.dumps(order, ensure_ascii=False, indent=2).encode())
        self.save_state(state)

    def load(self) -> StoredClip:
        """Read back a clip that was begun here.

        Raises:
            StateError: If there is none, or a file of it was changed or cut short.
        """
        if not self.exists:
            raise StateError(f"there is no clip in the making at {self.root}; begin one without --resume")
        try:
            order = json.loads(self._files.get("order.json"))
        except ValueError as error:
            raise StateError(f"{self.root / 'order.json'} is damaged ({error}); begin the clip anew") from error
        state = SamplerState.from_bytes(self._files.get("state.safetensors"))
        finished = state.num_finished_chunks
        name = _chunk_name(finished - 1) if finished else "context.safetensors"
        return StoredClip(
            order=order,
            texts=ChunkTexts.from_bytes(self._files.get("texts.safetensors")),
            state=state,
            context=self._latents(name) if finished or self._files.exists(name) else None,
        )

    def save_state(self, state: SamplerState) -> None:
        """Note how far the clip is.

        Raises:
            StorageError: If it cannot be written; the state before is kept.
        """
        self._files.put("state.safetensors", state.to_bytes())

    def add(self, chunk: DecodedChunk) -> None:
        """Keep a finished chunk, then the state after it.

        Raises:
            StorageError: If it cannot be written; what was there stays whole.
        """
        with GrowingMovie(self.growing) as movie:
            if movie.fragments <= chunk.index:
                frames = chunk.frames.numpy()
                movie.append(encode_fragment(frames, index=chunk.index, start_frame=movie.frames))
        self._files.put(_chunk_name(chunk.index), save({"latents": chunk.latents.contiguous()}))
        self.save_state(chunk.state)

    def finish(self, tags: dict[str, str]) -> MovieFacts:
        """Join what is finished into the output file, and read it back; the folder stays.

        Raises:
            StorageError: If it cannot be written; no output file appears then.
            MediaError: If no chunk is finished.
        """
        draft = self.output.with_name(f".{self.output.name}.draft")
        try:
            with self.growing.open("rb") as source, draft.open("w+b") as file:
                facts = write_movie(file, *_split(source), tags)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.output)
        except OSError as error:
            raise StorageError(f"{self.output} could not be written: {error}; free some space") from error
        finally:
            draft.unlink(missing_ok=True)
        return facts

    def discard(self) -> None:
        """Delete the folder and all in it.

        Raises:
            StorageError: If it cannot be deleted.
        """
        try:
            if self.root.exists():
                shutil.rmtree(self.root)
        except OSError as error:
            raise StorageError(f"{self.root} could not be deleted: {error}") from error

    def _latents(self, name: str) -> Tensor:
        try:
            return load(self._files.get(name))["latents"]
        except (SafetensorError, KeyError) as error:
            raise StateError(f"{self.root / name} is damaged ({error}); begin the clip anew") from error


def _chunk_name(index: int) -> str:
    return f"chunk_{index:05d}.safetensors"


def _split(source: BinaryIO) -> tuple[bytes, list[bytes]]:
    """Init segment and fragments of a growing movie."""
    boxes = read_whole_boxes(source)

    def read(start: int, stop: int) -> bytes:
        source.seek(start)
        return source.read(stop - start)

    def fragments() -> Iterator[bytes]:
        for moof, mdat in zip(boxes[2::2], boxes[3::2], strict=False):
            yield read(moof.start, mdat.stop)

    return read(boxes[0].start, boxes[1].stop), list(fragments())
