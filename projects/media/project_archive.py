"""A project's file as a ZIP: written so that equal contents give equal bytes, read as if its maker meant harm."""

import hashlib
import json
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO

from generation.errors import StorageError
from projects.errors import Invalid, ProjectError
from projects.rules.project_file import MANIFEST, MOST_BYTES, MOST_FILES, UNREADABLE, FileEntry

_WRITTEN = (1980, 1, 1, 0, 0, 0)
_PIECE = 1 << 20
_MOST_MANIFEST_BYTES = 32 * 2**20
# Of the list of names at the end, which is read as a whole.
_MOST_DIRECTORY_BYTES = 16 * 2**20
# Media hardly shrink. What would grow by more than this when it is unpacked is no medium.
_MOST_GROWTH, _GROWTH_ROOM = 4, 1 << 16
_NAME = re.compile(r"media/[0-9a-f]{64}(\.[a-z0-9]{1,10})?")
_FOLDER = "media/"
# At the end of every ZIP: signature, numbers of disks and entries, size and place of the list, length of a comment.
_END = struct.Struct("<4s4H2LH")
_ENCRYPTED = 0x1
_WORST = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, struct.error, RecursionError)


def write_archive(target: BinaryIO, manifest: bytes, files: Iterable[tuple[FileEntry, Iterable[bytes]]]) -> None:
    """Write a project's file.

    Args:
        target: An empty file.
        manifest: The JSON.
        files: Each file and its bytes, in pieces.

    Raises:
        Invalid: If it would be too big.
        StorageError: If a file is not what its name says.
    """
    try:
        with zipfile.ZipFile(target, "w", allowZip64=False) as archive:
            archive.writestr(_entry(MANIFEST), manifest, zipfile.ZIP_DEFLATED)
            for file, pieces in files:
                with archive.open(_entry(file.name, file.size), "w") as inner:
                    _copy(pieces, inner, file.sha256)
    except zipfile.LargeZipFile as error:
        raise _too_big() from error


def _entry(name: str, size: int = 0) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _WRITTEN)
    info.file_size = size
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    return info


def _copy(pieces: Iterable[bytes], target: IO[bytes], sha256: str) -> None:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
        target.write(piece)
    if digest.hexdigest() != sha256:
        raise StorageError(f"a stored file must have the hash {sha256}, it was changed")


class Archive:
    """A project's file that was opened; what it says is checked when it is read, not before."""

    def __init__(self, archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> None:
        self._archive = archive
        self._entries = entries

    def manifest(self) -> Any:  # noqa: ANN401 - whatever stands there
        """What ``project.json`` says.

        Raises:
            Invalid: If it is missing, too long or no JSON.
        """
        info = self._entries.get(MANIFEST)
        if info is None:
            raise _unreadable("there is no project.json in it")
        if info.file_size > _MOST_MANIFEST_BYTES:
            raise _too_big()
        data = b"".join(self._pieces(info, _MOST_MANIFEST_BYTES))
        try:
            return json.loads(data.decode())
        except _WORST as error:
            raise _unreadable("its project.json is no JSON") from error

    def require(self, files: Iterable[FileEntry]) -> None:
        """Refuse an archive in which one of these is missing or has another size.

        Raises:
            Invalid: Naming the first.
        """
        for file in files:
            info = self._entries.get(file.name)
            if info is None:
                raise Invalid(
                    f"{file.name} is not in it", code="project_file_missing", params={"name": file.sha256[:12]}
                )
            if info.file_size != file.size:
                raise _changed(file)

    def extract(self, file: FileEntry, target: BinaryIO) -> None:
        """Write a file's bytes, while they are what they should be.

        Raises:
            Invalid: If they are others.
        """
        digest = hashlib.sha256()
        for piece in self._pieces(self._entries[file.name], file.size):
            digest.update(piece)
            target.write(piece)
        if digest.hexdigest() != file.sha256:
            raise _changed(file)

    def _pieces(self, info: zipfile.ZipInfo, most: int) -> Iterator[bytes]:
        left = most
        try:
            with self._archive.open(info) as inner:
                while piece := inner.read(min(_PIECE, left + 1)):
                    left -= len(piece)
                    if left < 0:
                        raise _too_big()
                    yield piece
        except ProjectError:
            raise
        except _WORST as error:
            raise _unreadable(f"{info.filename[:100]} cannot be unpacked") from error


@contextmanager
def opened_archive(path: Path) -> Iterator[Archive]:
    """Open a project's file that somebody brought.

    Raises:
        Invalid: If it is no ZIP (``project_file_unreadable``), holds what leads elsewhere (``project_file_unsafe``), or
            more than is taken (``project_file_too_big``).
    """
    with path.open("rb") as file:
        _look_at_end(file)
        try:
            archive = zipfile.ZipFile(file)
        except _WORST as error:
            raise _unreadable("it is no ZIP archive, or a damaged one") from error
        with archive:
            yield Archive(archive, _checked(archive.infolist()))


def _look_at_end(file: BinaryIO) -> None:
    """Refuse what would take too much memory merely to list; the library reads the whole list at once."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END.size - 0xFFFF))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise _unreadable("it is no ZIP archive, or cut short")
    _, _, _, _, entries, listed, place, _ = _END.unpack_from(tail, at)
    # All ones: the true numbers stand in a longer form, which only archives have that are too big.
    if entries > MOST_FILES or listed > _MOST_DIRECTORY_BYTES or place == 0xFFFFFFFF:
        raise _too_big()


def _checked(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    found: dict[str, zipfile.ZipInfo] = {}
    total = 0
    for info in infos:
        if info.filename == _FOLDER and not info.file_size:
            # Some programs pack folders, too.
            continue
        if not _is_safe(info) or info.filename in found:
            raise Invalid(
                "it holds what no project's file holds",
                code="project_file_unsafe",
                params={"name": ascii(info.orig_filename[:60])},
            )
        total += info.file_size
        if info.filename != MANIFEST and info.file_size > _MOST_GROWTH * info.compress_size + _GROWTH_ROOM:
            raise _too_big()
        found[info.filename] = info
    if total > MOST_BYTES:
        raise _too_big()
    return found


def _is_safe(info: zipfile.ZipInfo) -> bool:
    """A plain file of ours: no path that leads elsewhere, no link, no lock, no way of packing that is rarely read."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    return (
        info.filename == info.orig_filename
        and (info.filename == MANIFEST or _NAME.fullmatch(info.filename) is not None)
        and kind in (0, stat.S_IFREG)
        and not info.flag_bits & _ENCRYPTED
        and info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    )


def _unreadable(why: str) -> Invalid:
    return Invalid(why, code=UNREADABLE, params={"place": MANIFEST})


def _changed(file: FileEntry) -> Invalid:
    message = f"{file.name} is not the file that it should be"
    return Invalid(message, code="project_file_changed", params={"name": file.sha256[:12]})


def _too_big() -> Invalid:
    limit = f"{MOST_BYTES // 10**9} GB"
    return Invalid("it holds more than is taken", code="project_file_too_big", params={"limit": limit})
