"""A clip in the making, on disk: what is finished can be played, and what is not can go on.

Beside ``cat.mp4`` stands ``cat.mp4.making/`` until the clip is whole::

    order.json          the request, and how the model was asked for
    texts.safetensors   the embedded prompts
    context.safetensors latents before the first chunk, if the clip continues another
    state.safetensors   the sampler's state after the last finished stage
    chunk_00000.safetensors ...   the latents of finished chunks, and the hashes of their pictures
    growing.mp4         the finished chunks, playable at any time

A chunk is written picture first, latents second, state last. A process that dies in between makes the chunk again,
with the same bytes, and finds its picture already there.
"""

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from torch import Tensor

from generation.artifacts import LocalArtifacts, sync_folder
from generation.errors import MediaError, StateError, StorageError
from generation.media.fragments import encode_fragment
from generation.media.growing import GrowingMovie
from generation.media.movie import MovieFacts, write_movie
from generation.pipeline.clip import DecodedChunk
from generation.pipeline.clip_order import ClipOrder
from generation.pipeline.folder_lock import FolderLock
from generation.pipeline.stored_fragments import StoredFragments
from generation.sampling.conditioning import ChunkTexts
from generation.sampling.sealed import seal, unseal
from generation.sampling.state import SamplerState

_ORDER, _TEXTS, _STATE, _CONTEXT = "order.json", "texts.safetensors", "state.safetensors", "context.safetensors"
_GROWING, _DRAFT = "growing.mp4", "movie.draft"
_KIND = "latents of a clip"
# Everything that is ever put into the folder; nothing else in it is ever deleted.
_OWN = (_STATE, _ORDER, _TEXTS, _CONTEXT, "chunk_*.safetensors", _GROWING, _DRAFT, ".*.partial")


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredClip:
    """What is needed to go on."""

    order: ClipOrder
    texts: ChunkTexts
    state: SamplerState
    # Latents right before the next chunk, (1, C, t, h, w), if there are any.
    context: Tensor | None


class ClipFolder:
    """The folder of one clip, held by one process at a time while the ``with`` block runs.

    A block that ends without a clip begun leaves no folder behind.
    """

    def __init__(self, output: Path) -> None:
        """Name the folder; nothing is touched yet.

        Args:
            output: The finished file.
        """
        self.output = output
        self.root = output.with_name(output.name + ".making")
        self._files = LocalArtifacts(self.root)
        self._lock = FolderLock(self.root)
        self._movie: GrowingMovie | None = None
        # What a resume would begin with, as far as this object wrote or read it.
        self.saved_state: SamplerState | None = None

    def __enter__(self) -> "ClipFolder":
        """Make the folder if need be, and keep other processes out.

        Raises:
            StorageError: If it cannot be made.
            StateError: If another process is making this clip.
        """
        self._lock.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let others in."""
        try:
            self._close_movie()
            if not self.holds_clip:
                # The first error is the one to tell.
                with suppress(StorageError):
                    self.discard()
        finally:
            self._lock.release()

    @property
    def growing(self) -> Path:
        """The file that plays while it grows."""
        return self.root / _GROWING

    @property
    def holds_clip(self) -> bool:
        """Whether a clip was begun here and can go on."""
        return self._files.exists(_ORDER) and self._files.exists(_STATE)

    def begin(self, order: ClipOrder, *, texts: ChunkTexts, state: SamplerState, context: Tensor | None) -> None:
        """Put down everything a resume needs.

        Raises:
            StateError: If a clip was begun here before: go on with it, or discard it.
            StorageError: If it cannot be written.
        """
        if self.holds_clip:
            raise StateError(f"{self.root} holds an unfinished clip; go on with it, or discard it first")
        self._clear()
        self._files.put(_TEXTS, texts.to_bytes())
        if context is not None:
            self._files.put(_CONTEXT, seal(_KIND, {"latents": context.float()}, {}))
        self._files.put(_ORDER, order.to_json().encode())
        self.save_state(state)

    def load(self) -> StoredClip:
        """Read back a clip that was begun here.

        Raises:
            StateError: If there is none, or a file of it is missing, was changed or cut short.
        """
        if not self.holds_clip:
            raise StateError(f"there is no clip in the making at {self.root}; begin one")
        order = self._order()
        state = SamplerState.from_bytes(self._get(_STATE))
        self.saved_state = state
        last = self._check_chunks(state.num_finished_chunks)
        if last is None and self._files.exists(_CONTEXT):
            last = self._latents(_CONTEXT)[0]
        return StoredClip(order=order, texts=ChunkTexts.from_bytes(self._get(_TEXTS)), state=state, context=last)

    def save_state(self, state: SamplerState) -> None:
        """Note how far the clip is.

        Raises:
            StorageError: If it cannot be written; the state before is kept.
        """
        self._files.put(_STATE, state.to_bytes())
        self.saved_state = state

    def add(self, chunk: DecodedChunk) -> None:
        """Keep a finished chunk, then the state after it.

        Raises:
            StorageError: If it cannot be written; what was there stays whole.
            StateError: If the chunks before it are not there.
        """
        fragment = self._append(chunk)
        digest = hashlib.sha256(fragment).hexdigest()
        self._files.put(_chunk_name(chunk.index), seal(_KIND, {"latents": chunk.latents}, {"picture": digest}))
        self.save_state(chunk.state)

    def finish(self, tags: dict[str, str]) -> MovieFacts:
        """Join what is finished into the output file, and read it back; the folder stays.

        Raises:
            StorageError: If it cannot be written; the output file is as it was then.
            MediaError: If no chunk is finished.
        """
        self._close_movie()
        draft = self.root / _DRAFT
        try:
            with self.growing.open("rb") as source, draft.open("w+b") as file:
                fragments = StoredFragments(source)
                facts = write_movie(file, fragments.init, fragments, tags)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.output)
            sync_folder(self.output.parent)
        except OSError as error:
            raise StorageError(
                f"{self.output} could not be written: {error.strerror or error}; free some space"
            ) from error
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
        return facts

    def discard(self) -> None:
        """Delete the clip in the making, and with the block its folder, unless others put something into it.

        Raises:
            StorageError: If it cannot be deleted.
        """
        self._close_movie()
        self._clear()

    def _clear(self) -> None:
        try:
            # The state goes first: without it a half deleted clip is none.
            for pattern in _OWN:
                for path in self.root.glob(pattern):
                    path.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(f"{self.root} could not be deleted: {error.strerror or error}") from error

    def _append(self, chunk: DecodedChunk) -> bytes:
        """The chunk's fragment, which is in the growing movie afterwards."""
        movie = self._opened_movie()
        if movie.fragments > chunk.index:
            return self._stored_fragment(chunk.index)
        if movie.fragments < chunk.index:
            raise StateError(f"{self.growing} must hold {chunk.index} finished seconds, got {movie.fragments}")
        fragment = encode_fragment(chunk.frames.numpy(), index=chunk.index, start_frame=movie.frames)
        movie.append(fragment)
        return fragment.media

    def _opened_movie(self) -> GrowingMovie:
        if self._movie is None:
            try:
                self._movie = GrowingMovie(self.growing)
            except MediaError as error:
                raise StateError(f"{self.growing} is damaged ({error}); begin the clip anew") from error
        return self._movie

    def _close_movie(self) -> None:
        if self._movie is not None:
            self._movie.close()
            self._movie = None

    def _order(self) -> ClipOrder:
        try:
            return ClipOrder.from_json(self._get(_ORDER).decode())
        except (StateError, UnicodeDecodeError) as error:
            raise StateError(f"{self.root / _ORDER} is damaged ({error}); begin the clip anew") from error

    def _check_chunks(self, finished: int) -> Tensor | None:
        """Compare all finished chunks with their pictures; the latents of the last one come back."""
        latents = None
        for index in range(finished):
            latents, picture = self._latents(_chunk_name(index))
            if hashlib.sha256(self._stored_fragment(index)).hexdigest() != picture:
                raise StateError(f"second {index + 1} of {self.growing} was changed; begin the clip anew")
        return latents

    def _stored_fragment(self, index: int) -> bytes:
        try:
            with self.growing.open("rb") as file:
                return StoredFragments(file)[index]
        except (OSError, MediaError, IndexError) as error:
            raise StateError(
                f"second {index + 1} of {self.growing} is missing ({error}); begin the clip anew"
            ) from error

    def _latents(self, name: str) -> tuple[Tensor, str]:
        """Latents, and the hash of their picture where they have one."""
        tensors, header = unseal(_KIND, self._get(name))
        if "latents" not in tensors:
            raise StateError(f"{self.root / name} is damaged; begin the clip anew")
        return tensors["latents"], str(header.get("picture", ""))

    def _get(self, name: str) -> bytes:
        try:
            return self._files.get(name)
        except StorageError as error:
            raise StateError(f"{self.root / name} cannot be read ({error}); begin the clip anew") from error


def _chunk_name(index: int) -> str:
    return f"chunk_{index:05d}.safetensors"
