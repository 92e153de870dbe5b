import errno
import os
import resource
import signal
import stat

import numpy as np
import pytest

from generation.errors import MediaError, StorageError
from generation.media.fragments import encode_fragment, place_fragment
from generation.media.growing import GrowingMovie
from generation.media.video import read_all


@pytest.fixture(scope="module")
def fragments(moving_frames):
    return [encode_fragment(moving_frames(6, first=6 * i), index=i, start_frame=6 * i) for i in range(4)]


def test_the_file_plays_after_every_append(fragments, tmp_path):
    path = tmp_path / "growing.mp4"

    with GrowingMovie(path) as movie:
        for count, fragment in enumerate(fragments, start=1):
            movie.append(fragment)

            assert len(read_all(path)) == 6 * count
            assert (movie.fragments, movie.frames) == (count, 6 * count)


@pytest.mark.parametrize("torn", [1, 20, 30, 300, 800])
def test_a_crash_in_mid_write_loses_only_the_torn_fragment(fragments, tmp_path, torn):
    path = tmp_path / "growing.mp4"
    with GrowingMovie(path) as movie:
        movie.append(fragments[0])
    whole = path.read_bytes()
    path.write_bytes(whole + fragments[1].media[:torn])

    with GrowingMovie(path) as movie:
        assert movie.fragments == 1
        movie.append(fragments[1])

    assert path.read_bytes() == whole + fragments[1].media


@pytest.mark.parametrize("torn", [0, 3, 8, 20, 28, 100])
def test_a_crash_in_the_first_write_starts_anew(fragments, tmp_path, torn):
    path = tmp_path / "growing.mp4"
    path.write_bytes(fragments[0].init[:torn])

    with GrowingMovie(path) as movie:
        movie.append(fragments[0])

    assert len(read_all(path)) == 6


def test_other_files_are_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("my only copy")

    with pytest.raises(MediaError, match="no growing movie"):
        GrowingMovie(path)
    assert path.read_text() == "my only copy"
    with pytest.raises(StorageError, match="cannot be opened"):
        GrowingMovie(tmp_path / "no folder" / "a.mp4")


def test_fragments_out_of_turn_or_of_another_size_are_refused(fragments, tmp_path):
    other = encode_fragment(np.zeros((6, 32, 32, 3), np.uint8), index=1, start_frame=6)

    with GrowingMovie(tmp_path / "a.mp4") as movie:
        with pytest.raises(MediaError, match="number 0 from frame 0, got number 1"):
            movie.append(fragments[1])
        movie.append(fragments[0])
        with pytest.raises(MediaError, match="got number 1 from frame 7"):
            movie.append(place_fragment(fragments[1], index=1, start_frame=7))
        with pytest.raises(MediaError, match="one size and rate"):
            movie.append(other)


def test_a_full_disk_leaves_the_whole_fragments_and_can_go_on(fragments, tmp_path):
    path = tmp_path / "growing.mp4"
    with GrowingMovie(path) as movie:
        movie.append(fragments[0])
        before = path.read_bytes()
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, limits[1]))
        try:
            with pytest.raises(StorageError, match="fragment 1 could not be written"):
                movie.append(fragments[1])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, old)

        assert path.read_bytes() == before
        movie.append(fragments[1])
    assert len(read_all(path)) == 12


def test_every_append_reaches_the_disk(fragments, tmp_path, monkeypatch):
    synced = []
    original = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(1) or original(descriptor))

    with GrowingMovie(tmp_path / "a.mp4") as movie:
        movie.append(fragments[0])
        movie.append(fragments[1])

    # The folder once, then each fragment.
    assert len(synced) == 3


def test_a_file_system_that_cannot_sync_folders_is_written_to_all_the_same(fragments, tmp_path, monkeypatch):
    sync = os.fsync

    def sync_files_only(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", sync_files_only)

    with GrowingMovie(tmp_path / "a.mp4") as movie:
        movie.append(fragments[0])

    assert len(read_all(tmp_path / "a.mp4")) == fragments[0].frames
