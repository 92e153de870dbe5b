"""Files that arrive in parts: appended where the last part ended, safe on disk before the client is told."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from django.conf import settings

from projects.errors import Conflict, Unavailable


def part_path(upload_id: UUID | str) -> Path:
    """Where an upload's bytes gather."""
    return Path(settings.DATA_FOLDER) / "uploads" / f"{upload_id}.part"


def notes_path(upload_id: UUID | str) -> Path:
    """Where it stands what was found out about a whole upload so far."""
    return part_path(upload_id).with_suffix(".notes")


@contextmanager
def sole_writer(upload_id: UUID | str) -> Iterator[None]:
    """Be the only one, of all processes, that adds to an upload.

    Without it a second part sent at the same offset would overwrite bytes that were already accepted.

    Raises:
        Conflict: If somebody else is adding to it now.
        Unavailable: If the disk is full or broken.
    """
    path = part_path(upload_id)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab")
    except OSError as error:
        raise Unavailable("the disk is full or broken; free some space", code="disk_full") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = "another part of this upload is being written; ask for the offset"
            raise Conflict(message, code="upload_offset") from error
        yield


def append_part(upload_id: UUID | str, data: bytes, *, offset: int) -> int:
    """Write a part at its place.

    Args:
        upload_id: Whose.
        data: The part's bytes.
        offset: Where it begins; what an earlier try left beyond is cut off.

    Returns:
        The new offset.

    Raises:
        Conflict: If there are fewer bytes than the offset says.
        Unavailable: If the disk is full; what was there stays.
    """
    path = part_path(upload_id)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("r+b" if path.exists() else "w+b") as file:
            if file.seek(0, os.SEEK_END) < offset:
                raise Conflict("bytes are missing before this part; ask for the offset", code="upload_offset")
            file.truncate(offset)
            file.seek(offset)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise Unavailable("the disk is full or broken; free some space", code="disk_full") from error
    return offset + len(data)


def forget_parts(upload_id: UUID | str) -> None:
    """Delete what has gathered, if anything has."""
    part_path(upload_id).unlink(missing_ok=True)
    notes_path(upload_id).unlink(missing_ok=True)
