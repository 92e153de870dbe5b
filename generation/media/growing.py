"""A file that plays while it grows: the init segment, then fragments, each on disk before the next is begun."""

import contextlib
import os
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from generation.artifacts import sync_folder
from generation.errors import MediaError, StorageError
from generation.media.boxes import Box, read_whole_boxes
from generation.media.fragments import Fragment, read_fragment


class GrowingMovie:
    """Appends fragments to one file, which holds whole fragments only, also after a crash or on a full disk.

    Opening an existing file goes on where its last whole fragment ends and cuts off what came after. One writer at a
    time; readers may follow.
    """

    def __init__(self, path: Path) -> None:
        """Open a file for appending, or make it.

        Raises:
            MediaError: If the file is something else.
            StorageError: If it cannot be opened or repaired.
        """
        self._init = b""
        self._fragments = 0
        self._frames = 0
        try:
            is_new = not path.exists()
            # Unbuffered: what a write returned for is with the system, so nothing is left to fail at closing.
            self._file: BinaryIO = path.open("x+b" if is_new else "r+b", buffering=0)
        except OSError as error:
            raise StorageError(
                f"the movie {path.name!r} cannot be opened for writing: {error.strerror or error}"
            ) from error
        try:
            self._size = self._recover()
            self._cut_to_size()
            if is_new:
                sync_folder(path.parent)
        except OSError as error:
            self._file.close()
            raise StorageError(f"the movie {path.name!r} cannot be repaired: {error.strerror or error}") from error
        except MediaError:
            self._file.close()
            raise

    @property
    def fragments(self) -> int:
        """Fragments in the file, all whole."""
        return self._fragments

    @property
    def frames(self) -> int:
        """Frames in the file; the next fragment starts with this number."""
        return self._frames

    def append(self, fragment: Fragment) -> None:
        """Write one fragment and wait until it is on disk.

        Raises:
            MediaError: If it is not the next one, or of another size or rate.
            StorageError: If it cannot be written whole; the file is as it was.
        """
        if fragment.index != self._fragments or fragment.start_frame != self._frames:
            raise MediaError(
                f"the next fragment must be number {self._fragments} from frame {self._frames}, got number "
                f"{fragment.index} from frame {fragment.start_frame}"
            )
        if self._init and fragment.init != self._init:
            raise MediaError("a movie's fragments must have one size and rate; this one differs from those before")
        data = fragment.media if self._init else fragment.init + fragment.media
        try:
            self._write(data)
        except OSError as error:
            # The disk may refuse this too; opening the file again repairs it then.
            with contextlib.suppress(OSError):
                self._cut_to_size()
            raise StorageError(
                f"fragment {fragment.index} could not be written: {error.strerror or error}; free some space"
            ) from error
        self._init = fragment.init
        self._size += len(data)
        self._fragments += 1
        self._frames += fragment.frames

    def close(self) -> None:
        """Close the file; everything appended is on disk already."""
        self._file.close()

    def __enter__(self) -> "GrowingMovie":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) :]
        os.fsync(self._file.fileno())

    def _cut_to_size(self) -> None:
        self._file.truncate(self._size)
        self._file.seek(self._size)

    def _recover(self) -> int:
        """Count whole fragments; returns where the last one ends."""
        boxes = read_whole_boxes(self._file)
        if [box.kind for box in boxes[:2]] != ["ftyp", "moov"]:
            self._file.seek(0)
            # A crash in the very first write leaves the beginning of an init segment; nothing else is overwritten.
            if self._file.read(8)[4:] not in (b"", b"ftyp") or len(boxes) > 1:
                raise MediaError("the file exists and is no growing movie; choose another name")
            return 0
        self._init = self._read(boxes[0], boxes[1])
        end = boxes[1].stop
        for moof, mdat in zip(boxes[2::2], boxes[3::2], strict=False):
            fragment = read_fragment(self._init, self._read(moof, mdat))
            if (fragment.index, fragment.start_frame) != (self._fragments, self._frames):
                raise MediaError(f"fragment {self._fragments} of the file says that it is number {fragment.index}")
            self._fragments += 1
            self._frames += fragment.frames
            end = mdat.stop
        return end

    def _read(self, first: Box, last: Box) -> bytes:
        self._file.seek(first.start)
        parts, missing = [], last.stop - first.start
        while missing and (part := self._file.read(missing)):
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)
