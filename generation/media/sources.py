"""Open what a caller hands in, a path or bytes, as a checked binary file: only regular files of a sane size."""

import io
import stat
from pathlib import Path
from typing import BinaryIO, TypeAlias

from generation.errors import MediaError
from generation.media.sniffing import HEAD_BYTES, MediaKind, sniff

MediaSource: TypeAlias = Path | str | bytes


def open_source(source: MediaSource, *, max_bytes: int) -> tuple[BinaryIO, MediaKind]:
    """Open a source for reading and tell what it is.

    The caller closes the file. No name, extension or URL is ever interpreted: what is opened further on is this file
    object.

    Args:
        source: A path, or the content itself.
        max_bytes: The largest size that is accepted.

    Raises:
        MediaError: If it does not exist, is no regular file, is empty, too large, or of no kind that is read here.
    """
    file = io.BytesIO(source) if isinstance(source, bytes) else _open_regular(Path(source))
    try:
        size = file.seek(0, io.SEEK_END)
        if size == 0:
            raise MediaError("the file must not be empty, got 0 bytes; use a whole copy of it")
        if size > max_bytes:
            raise MediaError(f"the file must have at most {max_bytes} bytes, got {size}; make it smaller")
        file.seek(0)
        kind = sniff(file.read(HEAD_BYTES))
        file.seek(0)
    except OSError as error:
        file.close()
        raise MediaError(f"the file cannot be read: {error.strerror or error}") from error
    except MediaError:
        file.close()
        raise
    return file, kind


def _open_regular(path: Path) -> BinaryIO:
    try:
        # Looked at before opening: opening a pipe would wait for its writer.
        if not stat.S_ISREG(path.stat().st_mode):
            raise MediaError(f"a file is needed, got a folder or device: {path.name}")
        return path.open("rb")
    except FileNotFoundError as error:
        raise MediaError(f"there is no file {path.name!r}") from error
    except (OSError, ValueError) as error:
        raise MediaError(f"the file {path.name!r} cannot be opened: {error}") from error
