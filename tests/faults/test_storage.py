"""The disk is full, the power fails, the database is busy: no half file, no lost order, and work goes on."""

import hashlib
import random
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.conftest import SEED
from tests.support.fault_studio import PATIENCE_SECONDS, FaultStudio, fault_studio
from tests.support.pipelines import write_picture

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("faults")]

CUTS, ALL_CUTS = 10, 50
DISK_MB = 96
# Everything that writes the database; the web last, so that no answer is given after the moment.
WRITERS = ("web", "dispatcher", "control", "media", "files")


def settled(path: Path) -> None:
    """A database file is sound and its rows point at rows."""
    with sqlite3.connect(path) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert connection.execute("pragma foreign_key_check").fetchall() == []


def assert_files_behind(studio: FaultStudio, database: Path) -> None:
    """Every row of a copy has its file, with its hash: files are written before rows are."""
    with sqlite3.connect(database) as connection:
        seconds = connection.execute("select latents_key, fragment_key, fragment_sha256 from projects_chunk").fetchall()
        blobs = connection.execute("select key, sha256 from projects_blob").fetchall()
        states = connection.execute("select state_key from projects_take where state_key != ''").fetchall()
    for latents, fragment, digest in seconds:
        assert studio.artifact(latents)
        assert not fragment or hashlib.sha256(studio.artifact(fragment)).hexdigest() == digest
    for key, digest in blobs:
        assert hashlib.sha256(studio.artifact(key)).hexdigest() == digest
    assert all(studio.artifact(key) for (key,) in states)


def test_whenever_the_power_fails_no_acknowledged_order_is_lost(
    studio: FaultStudio, tmp_path, request: pytest.FixtureRequest
):
    cuts = ALL_CUTS if request.config.getoption("--full-faults") else CUTS
    chance = random.Random(15)
    project = studio.project("Power cuts")
    shot = studio.shot(project, duration_s=2)
    acknowledged: list[str] = []
    over = threading.Event()

    def keep_ordering() -> None:
        while not over.is_set():
            acknowledged.extend(studio.order(shot, count=1, seed=SEED))

    people = threading.Thread(target=keep_ordering)
    people.start()
    try:
        for cut in range(cuts):
            time.sleep(chance.uniform(0.05, 0.4))
            known = list(acknowledged)
            copy = tmp_path / f"cut-{cut}"
            copy.mkdir()
            for name in WRITERS:
                studio.send(name, signal.SIGSTOP)
            for file in studio.data.glob("sceneloom.sqlite3*"):
                # The shared-memory index does not survive a power cut.
                if not file.name.endswith("-shm"):
                    shutil.copy(file, copy)
            for name in WRITERS:
                studio.send(name, signal.SIGCONT)
            settled(copy / "sceneloom.sqlite3")
            with sqlite3.connect(copy / "sceneloom.sqlite3") as connection:
                kept = {key for (key,) in connection.execute("select id from projects_take")}
            assert {take.replace("-", "") for take in known} <= kept
            assert_files_behind(studio, copy / "sceneloom.sqlite3")
    finally:
        over.set()
        people.join(30)
    # However many could be ordered meanwhile: a machine that is busy has to be given time for each.
    for ended in studio.until_ended(*acknowledged, seconds=PATIENCE_SECONDS + 5 * len(acknowledged)):
        assert ended["status"] == "succeeded"


def test_everything_killed_at_once_goes_on_where_it_was(studio: FaultStudio, shot: str):
    takes = studio.order(shot, count=3, seed=SEED)
    studio.until(lambda: len(studio.chunks(takes[0])) >= 2, "the first is under way")
    for process in studio.processes.values():
        process.kill()
    for process in studio.processes.values():
        process.wait(10)
    settled(studio.database)

    studio.start("redis")
    studio.heal()

    assert [ended["status"] for ended in studio.until_ended(*takes)] == ["succeeded"] * 3


def test_a_busy_database_is_waited_for_and_nobody_is_told_of_locks(studio: FaultStudio):
    project = studio.project("Twenty writers")
    reader = sqlite3.connect(studio.database)
    reader.execute("begin")
    reader.execute("select count(*) from projects_event").fetchall()
    writer = sqlite3.connect(studio.database, timeout=20, check_same_thread=False, isolation_level=None)
    writer.execute("begin immediate")
    threading.Timer(2.0, writer.rollback).start()

    def write(number: int) -> str:
        return studio.shot(project, title=f"{number}")

    with ThreadPoolExecutor(20) as people:
        made = list(people.map(write, range(60)))
    reader.close()
    writer.close()

    assert len(set(made)) == 60
    nodes = studio.call("GET", f"/projects/{project}/canvas")["nodes"]
    assert {node["id"] for node in nodes} >= set(made)
    assert "database is locked" not in studio.log.read_text(errors="replace")


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A file system of its own, where this machine lets one be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    size = f"size={DISK_MB}m"
    if mount is None or subprocess.run([mount, "-t", "tmpfs", "-o", size, "tmpfs", folder], check=False).returncode:
        pytest.skip("mounting a small disk needs root")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill(disk: Path, *, leave: int) -> None:
    """Take all space of a disk but so much."""
    with (disk / "filler").open("wb") as file:
        while (free := shutil.disk_usage(disk).free - leave) > 0:
            file.write(b"\0" * min(free, 2**20))
            file.flush()


def test_a_full_disk_is_told_and_work_goes_on_when_there_is_space(small_disk, tmp_path):
    with fault_studio(small_disk, generation=1, SCENELOOM_LEAST_FREE_MB="8") as studio:
        project = studio.project()
        shot = studio.shot(project, duration_s=10)
        (take,) = studio.order(shot, count=1, seed=SEED)
        studio.until(lambda: len(studio.chunks(take)) >= 1, "the first second is there")
        fill(small_disk, leave=64 * 1024)
        time.sleep(4)

        refused = studio.http.post(f"/shots/{shot}/takes", json={"count": 1})
        assert (refused.status_code, refused.json()["code"]) == (503, "disk_full")
        picture = write_picture(tmp_path / "p.png").read_bytes()
        upload = studio.http.post("/uploads", headers={"Upload-Length": str(len(picture)), "Tus-Resumable": "1.0.0"})
        assert (upload.status_code, upload.json()["code"]) == (503, "disk_full")
        assert studio.take(take)["status"] in ("running", "queued"), "what runs waits for space"
        assert studio.http.get(f"/projects/{project}/canvas").status_code == 200
        assert not list((small_disk / "artifacts").rglob(".*.partial"))
        assert_files_behind(studio, studio.database)

        (small_disk / "filler").unlink()
        # A broker that could not write ended who talked to it; the supervisor starts them again.
        studio.heal()
        (ended,) = studio.until_ended(take)

        assert ended["status"] == "succeeded"
        studio.check()
        settled(studio.database)
