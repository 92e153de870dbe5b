"""Archives of projects: written alike each time, and read no further than they can be believed."""

import hashlib
import io
import json
import struct

import pytest

from generation.errors import StorageError
from projects.errors import Invalid
from projects.media.latents_header import may_be_latents
from projects.media.project_archive import opened_archive, write_archive
from projects.media.project_files import FoundFiles
from projects.rules.project_file import FileEntry, file_name


def entry(data: bytes, **values) -> FileEntry:
    sha256 = hashlib.sha256(data).hexdigest()
    return FileEntry(**{"sha256": sha256, "size": len(data), "name": file_name(sha256), **values})


def written(manifest: bytes, *files: bytes) -> bytes:
    target = io.BytesIO()
    write_archive(target, manifest, [(entry(data), [data[:3], data[3:]]) for data in files])
    return target.getvalue()


def test_what_is_written_is_read_and_equal_contents_are_equal_files(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(written(b"[1]", b"kite", b"sea" * 1000))

    target = io.BytesIO()
    with opened_archive(path) as archive:
        assert archive.manifest() == [1]
        archive.require([entry(b"kite"), entry(b"sea" * 1000)])
        archive.extract(entry(b"sea" * 1000), target)
    assert target.getvalue() == b"sea" * 1000
    assert path.read_bytes() == written(b"[1]", b"kite", b"sea" * 1000)


def test_a_stored_file_that_was_changed_is_not_packed():
    with pytest.raises(StorageError, match="changed"):
        write_archive(io.BytesIO(), b"{}", [(entry(b"kite"), [b"bite"])])


def test_what_is_missing_or_another_is_named(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(written(b"{}", b"kite"))

    with opened_archive(path) as archive:
        for file, code in (
            (entry(b"sea"), "project_file_missing"),
            (entry(b"kite", size=5), "project_file_changed"),
        ):
            with pytest.raises(Invalid) as caught:
                archive.require([file])
            assert caught.value.code == code
            assert caught.value.params["name"] == file.sha256[:12]
        with pytest.raises(Invalid) as caught:
            archive.extract(entry(b"kite", sha256="0" * 64), io.BytesIO())
        assert caught.value.code == "project_file_changed"


def test_a_file_that_unpacks_to_more_than_its_list_says_is_stopped(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(written(b"{}", b"kite"))

    with opened_archive(path) as archive, pytest.raises(Invalid) as caught:
        archive.extract(entry(b"kite", size=2), io.BytesIO())
    assert caught.value.code == "project_file_too_big"


def safetensors(header: dict, body: bytes) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


GOOD = {"latents": {"dtype": "F32", "shape": [1, 2, 1, 1, 2], "data_offsets": [0, 16]}, "__metadata__": {"a": "b"}}


def test_latents_are_told_by_their_header():
    assert may_be_latents(safetensors(GOOD, bytes(16)))
    other = GOOD["latents"]
    for header, body in (
        (GOOD, bytes(15)), (GOOD, bytes(17)), ({**GOOD, "more": other}, bytes(16)), ({}, b""), ([], b""),
        ({"latents": {**other, "dtype": "F16"}}, bytes(16)), ({"latents": {**other, "shape": [4]}}, bytes(16)),
        ({"latents": {**other, "shape": [2, 1, 1, 1, 2]}}, bytes(16)),
        ({"latents": {**other, "shape": ["x"] * 5}}, bytes(16)),
        ({"latents": {**other, "data_offsets": [0]}}, bytes(16)),
    ):  # fmt: skip
        assert not may_be_latents(safetensors(header, body)), (header, len(body))
    for data in (b"", b"\x80\x04", b"\xff" * 8, struct.pack("<Q", 50) + b"{"):
        assert not may_be_latents(data)


def test_what_was_found_out_is_written_down_and_read_again(tmp_path):
    notes = tmp_path / "notes"
    assert FoundFiles.read(notes) == FoundFiles()
    found = FoundFiles(assets={"a": {"kind": "image"}})
    found.write(notes)

    assert FoundFiles.read(notes) == found
