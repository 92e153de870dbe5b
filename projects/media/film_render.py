"""A film becomes a file: whole seconds are copied, the rest is decoded, mixed, scaled and encoded, piece by piece."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generation.artifacts import ArtifactStore
from generation.contract.requests import FRAMES_PER_SECOND
from generation.media.fragments import encode_fragment, place_fragment, read_fragment
from generation.media.movie import write_movie
from generation.media.video import read_all
from projects.media.frames import seconds_of
from projects.media.take_movie import StoredMovie, blob_key
from projects.media.visible_label import FRAMES, draw_label
from projects.rules.film_plan import Piece

# From a file into an empty one.
Seal = Callable[[BinaryIO, BinaryIO], None]

_PIECE_BYTES = 1 << 20
_MOST_KEPT_SECONDS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A clip's bytes: fragments per second of a take, or one movie."""

    init_key: str
    # Per second; empty: ``init_key`` is a whole movie.
    fragment_keys: tuple[str, ...] = ()


@dataclass(kw_only=True, slots=True)
class _Reader:
    """Decoded seconds of sources, the last few kept: neighbouring pieces want the same.

    A movie is read on from where it was left, and anew only for what lies before that.
    """

    store: ArtifactStore
    sources: dict[str, Source]
    kept: dict[tuple[str, int], NDArray[np.uint8]] = field(default_factory=dict)
    # Per movie: the next second, and what yields it.
    open: dict[str, tuple[int, Iterator[NDArray[np.uint8]]]] = field(default_factory=dict)

    def frames(self, name: str, start: int, stop: int) -> NDArray[np.uint8]:
        """Frames ``[start, stop)`` of a source."""
        first, last = start // FRAMES_PER_SECOND, (stop - 1) // FRAMES_PER_SECOND
        seconds = [self._second(name, second) for second in range(first, last + 1)]
        joined = np.concatenate(seconds)
        return joined[start - first * FRAMES_PER_SECOND : stop - first * FRAMES_PER_SECOND]

    def _second(self, name: str, second: int) -> NDArray[np.uint8]:
        if (name, second) not in self.kept:
            if len(self.kept) >= _MOST_KEPT_SECONDS:
                del self.kept[next(iter(self.kept))]
            source = self.sources[name]
            if source.fragment_keys:
                data = self.store.get(source.init_key) + self.store.get(source.fragment_keys[second])
                self.kept[name, second] = np.asarray(read_all(data))
            else:
                self.kept[name, second] = self._read_on(name, second)
        return self.kept[name, second]

    def _read_on(self, name: str, second: int) -> NDArray[np.uint8]:
        at, seconds = self.open.get(name, (second + 1, iter(())))
        if at > second:
            at, seconds = 0, seconds_of(self.store.get(self.sources[name].init_key))
        for _ in range(second - at):
            next(seconds)
        found = next(seconds)
        self.open[name] = (second + 1, seconds)
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class FilmOrder:
    """What a film is rendered from and to."""

    pieces: tuple[Piece, ...]
    sources: dict[str, Source]
    width: int
    height: int
    tags: dict[str, str]
    # Draw the visible label over the first seconds.
    labelled: bool = False
    # Writes the finished file again with its credentials; None: it stays in the house.
    seal: Seal | None = None


def render_film(
    store: ArtifactStore, order: FilmOrder, *, on_progress: Callable[[float], None], should_stop: Callable[[], bool]
) -> StoredMovie | None:
    """Make a film's file.

    Args:
        store: Where clips are, and the film will be.
        order: What to make.
        on_progress: Told how far it is, in [0, 1], after every piece.
        should_stop: Asked before every piece.

    Returns:
        The stored film; None if it was stopped.

    Raises:
        MediaError: If a clip cannot be read.
        StorageError: If something cannot be written.
    """
    reader = _Reader(store=store, sources=order.sources)
    with tempfile.TemporaryDirectory(prefix="sceneloom-film-") as folder:
        init, at = b"", 0
        for index, piece in enumerate(order.pieces):
            if should_stop():
                return None
            fragment_init, media = _fragment(store, reader, order, piece, index=index, start_frame=at)
            init = init or fragment_init
            at += piece.frames
            (Path(folder) / f"{index:06d}").write_bytes(media)
            on_progress((index + 1) / len(order.pieces))
        return _join(store, init, _Files(Path(folder), len(order.pieces)), order)


def _fragment(
    store: ArtifactStore, reader: _Reader, order: FilmOrder, piece: Piece, *, index: int, start_frame: int
) -> tuple[bytes, bytes]:
    source = order.sources[piece.source]
    labelled = max(0, FRAMES - start_frame) if order.labelled else 0
    if piece.second >= 0 and source.fragment_keys and not labelled:
        kept = read_fragment(store.get(source.init_key), store.get(source.fragment_keys[piece.second]))
        placed = place_fragment(kept, index=index, start_frame=start_frame)
        return placed.init, placed.media
    frames = _scaled(reader.frames(piece.source, piece.start, piece.stop), order.width, order.height)
    if piece.other:
        stop = piece.other_start + piece.frames
        other = _scaled(reader.frames(piece.other, piece.other_start, stop), order.width, order.height)
        frames = _dissolved(frames, other, piece)
    if labelled:
        frames = np.concatenate([draw_label(frames[:labelled]), frames[labelled:]])
    made = encode_fragment(frames, index=index, start_frame=start_frame)
    return made.init, made.media


def _dissolved(before: NDArray[np.uint8], after: NDArray[np.uint8], piece: Piece) -> NDArray[np.uint8]:
    steps = np.arange(piece.mixed_from + 1, piece.mixed_from + 1 + piece.frames)
    share = (steps / (piece.mixed_of + 1)).astype(np.float32)[:, None, None, None]
    mixed = before.astype(np.float32) * (1 - share) + after.astype(np.float32) * share
    return np.rint(mixed).astype(np.uint8)


def _scaled(frames: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Fitted into the film's size, black where the shapes differ."""
    own_height, own_width = frames.shape[1:3]
    if (own_width, own_height) == (width, height):
        return frames
    scale = min(width / own_width, height / own_height)
    size = (max(1, round(own_width * scale)), max(1, round(own_height * scale)))
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    target = np.zeros((len(frames), height, width, 3), np.uint8)
    for number, frame in enumerate(frames):
        shown = np.asarray(Image.fromarray(frame).resize(size, Image.Resampling.LANCZOS))
        target[number, top : top + size[1], left : left + size[0]] = shown
    return target


class _Files(Sequence[bytes]):
    """Fragments in files, read when asked for."""

    def __init__(self, folder: Path, count: int) -> None:
        self._folder = folder
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN204 - as Sequence has it
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(self._count))]
        if not -self._count <= index < self._count:
            raise IndexError(index)
        return (self._folder / f"{index % self._count:06d}").read_bytes()


def _join(store: ArtifactStore, init: bytes, medias: Sequence[bytes], order: FilmOrder) -> StoredMovie:
    with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as sealed:
        facts = write_movie(file, init, medias, order.tags)
        if order.seal is not None:
            order.seal(file, sealed)
        leaving = file if order.seal is None else sealed

        def pieces() -> Iterator[bytes]:
            leaving.seek(0)
            while piece := leaving.read(_PIECE_BYTES):
                yield piece

        digest, size = hashlib.sha256(), 0
        for piece in pieces():
            digest.update(piece)
            size += len(piece)
        key = blob_key(digest.hexdigest())
        if not store.exists(key):
            store.put(key, pieces())
    return StoredMovie(key=key, sha256=digest.hexdigest(), size=size, facts=facts)
