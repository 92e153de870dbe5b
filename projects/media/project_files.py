"""The files of a project that somebody brought: unpacked, looked at by a child with few rights, and stored as they are.

A little at a time: what was found out is written down beside the upload, so that whoever does this can do other things
in between, and whoever goes on after a crash need not begin anew.
"""

import json
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from generation.artifacts import ArtifactStore, atomic_write
from generation.contract.requests import FRAMES_PER_SECOND
from generation.media.fragments import Fragment
from generation.media.images import load_image
from projects.errors import Invalid
from projects.media.intake import Seen, look_at
from projects.media.latents_header import may_be_latents
from projects.media.project_archive import Archive
from projects.media.renditions import store_clip_pictures, store_posters
from projects.media.take_movie import blob_key
from projects.rules.project_file import FileEntry, ProjectFile, TakeEntry


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundFiles:
    """What is known of an archive's files so far, as plain values; its tables grow."""

    # Of assets, by hash: what they are (:class:`Seen`) and their smaller pictures (``renditions``).
    assets: dict[str, dict[str, Any]] = field(default_factory=dict)
    # Of takes that are kept by seconds, by id: ``width``, ``height`` and ``mime_type`` of their seconds.
    takes: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, notes: Path) -> "FoundFiles":
        """What was written down before, if anything was."""
        return cls(**json.loads(notes.read_text(encoding="utf-8"))) if notes.is_file() else cls()

    def write(self, notes: Path) -> None:
        """Write it down."""
        atomic_write(notes, json.dumps(asdict(self)).encode())


class Intake:
    """Takes the files of one archive in."""

    def __init__(self, archive: Archive, said: ProjectFile, found: FoundFiles, store: ArtifactStore) -> None:
        self._archive = archive
        self._said = said
        self._found = found
        self._store = store

    def go_on(self, *, seconds: float) -> bool:
        """Look at and store files for so long, roughly; at least one.

        Returns:
            Whether all are done.

        Raises:
            Invalid: If one is not what it should be.
            StorageError: If one cannot be stored.
        """
        until = time.monotonic() + seconds
        for sha256 in sorted({asset.file for asset in self._said.assets} - set(self._found.assets)):
            self._found.assets[sha256] = self._asset(self._said.files[sha256])
            if time.monotonic() > until:
                return False
        for take in self._said.takes:
            if take.seconds and str(take.id) not in self._found.takes:
                self._found.takes[str(take.id)] = self._seconds(take)
                if time.monotonic() > until:
                    return False
        return True

    def _asset(self, file: FileEntry) -> dict[str, Any]:
        with tempfile.TemporaryDirectory(prefix="sceneloom-project-") as folder:
            path = self._unpacked(file, Path(folder))
            seen = _looked_at(path, file)
            data = path.read_bytes()
        self._store.put(blob_key(file.sha256), data)
        pictures = f"pictures/{file.sha256[:2]}/{file.sha256}"
        if seen.kind == "image":
            made = store_posters(self._store, load_image(data), folder=pictures)
        else:
            made = store_clip_pictures(self._store, data, frames=seen.frames, folder=pictures)
        return {**asdict(seen), "renditions": [asdict(it) for it in made]}

    def _seconds(self, take: TakeEntry) -> dict[str, Any]:
        files = [self._said.files[name] for name in (take.init, *(it.fragment for it in take.seconds))]
        with tempfile.TemporaryDirectory(prefix="sceneloom-project-") as folder:
            parts = [self._unpacked(file, Path(folder)).read_bytes() for file in files]
            whole = Path(folder) / "whole"
            whole.write_bytes(b"".join(parts))
            seen = _looked_at(whole, files[0], *map(len, parts))
            if seen.frames != len(take.seconds) * FRAMES_PER_SECOND:
                raise _wrong(files[0])
            for file, data in zip(files, parts, strict=True):
                self._store.put(blob_key(file.sha256), data)
            for second in take.seconds:
                file = self._said.files[second.latents]
                data = self._unpacked(file, Path(folder)).read_bytes()
                if not may_be_latents(data):
                    raise _wrong(file)
                self._store.put(blob_key(file.sha256), data)
        first = Fragment(
            init=parts[0], media=parts[1], index=0, start_frame=0, frames=FRAMES_PER_SECOND, fps=FRAMES_PER_SECOND
        )
        return {"width": seen.width, "height": seen.height, "mime_type": first.mime_type}

    def _unpacked(self, file: FileEntry, folder: Path) -> Path:
        path = folder / file.sha256
        with path.open("wb") as target:
            self._archive.extract(file, target)
        return path


def _looked_at(path: Path, file: FileEntry, *parts: int) -> Seen:
    try:
        return look_at(path, parts=parts)
    except Invalid as error:
        raise _wrong(file) from error


def _wrong(file: FileEntry) -> Invalid:
    return Invalid(
        f"{file.name} is no file that a studio keeps", code="project_file_media", params={"name": file.sha256[:12]}
    )
