"""The processes that open files: one that dies over a film or archive is followed by another; none holds up takes."""

import io
import json
import signal
import time
import uuid
import zipfile

import pytest

from tests.faults.test_kill_windows import dies_and_comes_back
from tests.support.fault_studio import FINAL, LEASE_SECONDS, FaultStudio
from tests.support.faulty_program import Fault
from tests.support.pipelines import write_picture

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("faults")]


def test_an_archive_whose_maker_dies_is_made_anew_and_whole(studio: FaultStudio, shot: str, tmp_path):
    (take,) = studio.order(shot, count=1)
    studio.until_ended(take)
    # Everything but the last files is written by then.
    studio.restart("files", Fault(at="projects.actions.own_data:library_of", once=str(tmp_path / "died")))
    export = studio.call("POST", "/me/exports")["id"]
    dies_and_comes_back(studio, "files")

    # Half a minute passes until its lease has run out.
    studio.until(lambda: studio.call("GET", f"/exports/{export}")["status"] in FINAL, "the archive is made")

    told = studio.call("GET", f"/exports/{export}")
    assert (told["status"], told["error"]) == ("succeeded", None)
    rows = studio.rows("select deaths, token from projects_export where id = ?", uuid.UUID(export).hex)
    assert rows == [(1, 2)], "it died once, and was handed out once more"
    data = studio.http.get(f"/exports/{export}/sidecars/own-data.zip").content
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("left_out.json")) == []
        library = json.loads(archive.read("library.json"))
        assert {it["file"] for it in library["assets"]} <= set(archive.namelist())
        assert take in {it["id"] for it in json.loads(archive.read("takes.json"))}
    folder = studio.data / "artifacts" / "blobs" / "own-data"
    named = [path.name for path in folder.iterdir() if not path.name.startswith(".")]
    assert named == [f"{export}-2.zip"], "of the one that died nothing has a name"


def test_however_long_a_file_takes_seconds_are_made_and_no_lease_runs_out(studio: FaultStudio, shot: str, tmp_path):
    # Whoever opens files is at it for longer than a lease.
    studio.send("media", signal.SIGSTOP)
    picture = write_picture(tmp_path / "p.png").read_bytes()
    (take,) = studio.order(shot, count=1)
    begun = time.monotonic()
    made = studio.http.post("/uploads", headers={"Upload-Length": str(len(picture)), "Tus-Resumable": "1.0.0"})
    upload = made.headers["location"].removeprefix("/api/v1")
    part = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream", "Tus-Resumable": "1.0.0"}
    assert studio.http.patch(upload, content=picture, headers=part).status_code == 204

    studio.until(lambda: len([row for row in studio.chunks(take) if row[2]]) == 6, "every second is there")
    time.sleep(max(0.0, begun + LEASE_SECONDS - time.monotonic()))

    assert studio.call("GET", upload)["status"] == "processing"
    assert studio.take_row(take, "deaths") == 0
    assert {"generation-1", "decode-1"} <= studio.alive(), "their beats are heard meanwhile"
    studio.send("media", signal.SIGCONT)
    studio.until(lambda: studio.call("GET", upload)["status"] == "ready", "the picture is taken in")
    (ended,) = studio.until_ended(take)
    assert (ended["status"], ended["recovered"]) == ("succeeded", False)
