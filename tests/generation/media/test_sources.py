import os

import pytest

from generation.errors import MediaError
from generation.media.sniffing import MediaKind
from generation.media.sources import open_source

GIF = b"GIF89a" + bytes(20)


def test_paths_and_bytes_open_alike(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(GIF)

    for source in (path, str(path), GIF):
        file, kind = open_source(source, max_bytes=100)
        with file:
            assert kind is MediaKind.GIF
            assert file.read() == GIF


def test_missing_files_folders_pipes_and_devices_are_refused(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    for source, words in [
        (tmp_path / "none", "no file 'none'"),
        (tmp_path, "folder or device"),
        (pipe, "folder or device"),
        ("/dev/zero", "folder or device"),
        ("a\0b", "cannot be opened"),
    ]:
        with pytest.raises(MediaError, match=words):
            open_source(source, max_bytes=100)


def test_empty_and_large_files_are_refused(tmp_path):
    empty = tmp_path / "empty"
    empty.touch()
    sparse = tmp_path / "sparse"
    with sparse.open("wb") as file:
        file.truncate(2**40)

    with pytest.raises(MediaError, match="must not be empty"):
        open_source(empty, max_bytes=100)
    with pytest.raises(MediaError, match="at most 1000 bytes, got 1099511627776"):
        open_source(sparse, max_bytes=1000)
