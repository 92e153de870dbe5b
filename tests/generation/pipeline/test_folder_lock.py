"""One process at a time."""

import subprocess
import sys

import pytest

from generation.errors import StateError, StorageError
from generation.pipeline.folder_lock import FolderLock

# The same lock as ours, taken without loading all that our package loads.
HOLDER = """
import fcntl, os, sys, time
file = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


def test_second_one_is_refused_until_the_first_lets_go(tmp_path):
    first, second = FolderLock(tmp_path / "clip"), FolderLock(tmp_path / "clip")
    first.take()

    with pytest.raises(StateError, match="another process"):
        second.take()
    first.release()
    second.take()
    second.release()


def test_process_that_is_killed_lets_go(tmp_path):
    command = (sys.executable, "-c", HOLDER, str(tmp_path / ".lock"))
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()

        with pytest.raises(StateError):
            FolderLock(tmp_path).take()
        holder.kill()
        holder.wait()
        FolderLock(tmp_path).take()


def test_empty_folder_goes_and_a_full_one_stays(tmp_path):
    empty, full = FolderLock(tmp_path / "empty"), FolderLock(tmp_path / "full")
    empty.take()
    full.take()
    (tmp_path / "full/state").write_text("half")

    empty.release()
    full.release()
    full.release()

    assert [path.name for path in tmp_path.iterdir()] == ["full"]
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["state"]


def test_folder_that_cannot_be_made_is_a_storage_error(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageError, match="choose another place"):
        FolderLock(tmp_path / "file/clip").take()
