"""Files of a run, logs that survive crashes."""

import json

import pytest

from generation.errors import StorageError
from generation.training.runs.run_folder import RunFolder, append_record, read_records


@pytest.fixture
def run(tmp_path):
    folder = RunFolder(root=tmp_path / "run")
    folder.begin({"seed": 3}, step=0)
    return folder


def test_begin_makes_the_folder_and_notes_the_settings(run):
    assert json.loads(run.settings.read_text()) == {"seed": 3}
    assert run.sample(1).parent.is_dir()


def test_lines_up_to_the_resumed_step_stay_and_later_ones_go(run):
    for step in (10, 20, 30):
        append_record(run.log, step, {"loss": step / 7})
        append_record(run.timings, step, {"steps_per_second": 2.0})

    run.begin({"seed": 3}, step=20)

    assert [record["step"] for record in read_records(run.log)] == [10, 20]
    assert [record["step"] for record in read_records(run.timings)] == [10, 20]
    assert read_records(run.log)[1]["loss"] == round(20 / 7, 6)


def test_line_cut_short_by_a_crash_is_left_out(run):
    append_record(run.log, 10, {"loss": 1.0})
    with run.log.open("a") as file:
        file.write('{"step": 20, "lo')

    assert [record["step"] for record in read_records(run.log)] == [10]
    run.begin({"seed": 3}, step=10)
    append_record(run.log, 20, {"loss": 0.5})
    assert [record["step"] for record in read_records(run.log)] == [10, 20]


def test_log_that_cannot_be_written_is_a_storage_error(run):
    run.log.unlink(missing_ok=True)
    run.log.mkdir()

    with pytest.raises(StorageError, match="metrics"):
        append_record(run.log, 10, {"loss": 1.0})


def test_folder_that_cannot_be_made_is_a_storage_error(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageError, match="a file has the name of a folder; choose another one"):
        RunFolder(root=tmp_path / "file" / "run").begin({}, step=0)
