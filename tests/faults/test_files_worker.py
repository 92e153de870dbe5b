"""The process that makes films, project files and archives dies over one: another begins it anew, and it is whole."""

import io
import json
import uuid
import zipfile

import pytest

from tests.faults.test_kill_windows import dies_and_comes_back
from tests.support.fault_studio import FINAL, FaultStudio
from tests.support.faulty_program import Fault

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
