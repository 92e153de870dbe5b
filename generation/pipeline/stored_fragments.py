"""The fragments of a growing movie as a sequence that holds none of them: each is read when asked for."""

from collections.abc import Sequence
from typing import BinaryIO, overload

from generation.errors import MediaError
from generation.media.boxes import Box, read_whole_boxes


class StoredFragments(Sequence[bytes]):
    """What :class:`~generation.media.growing.GrowingMovie` wrote, up to its last whole fragment.

    Args:
        file: Open for reading as long as the sequence is used.

    Raises:
        MediaError: If the file does not begin like a growing movie.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        boxes = read_whole_boxes(file)
        kinds = [box.kind for box in boxes]
        if kinds[:2] != ["ftyp", "moov"] or set(kinds[2::2]) - {"moof"} or set(kinds[3::2]) - {"mdat"}:
            raise MediaError(f"a growing movie must be an init segment and fragments, got the boxes {kinds[:6]}")
        self._places = list(zip(boxes[2::2], boxes[3::2], strict=False))
        self.init = self._read(boxes[0], boxes[1])

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> bytes: ...

    @overload
    def __getitem__(self, index: slice) -> list[bytes]: ...

    def __getitem__(self, index: int | slice) -> bytes | list[bytes]:
        if isinstance(index, slice):
            return [self._read(*place) for place in self._places[index]]
        return self._read(*self._places[index])

    def _read(self, first: Box, last: Box) -> bytes:
        self._file.seek(first.start)
        return self._file.read(last.stop - first.start)
