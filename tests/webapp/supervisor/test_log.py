"""Every line of every process, with its name in front, on the terminal and in the file."""

import errno
import os

from webapp.supervisor.log import StudioLog


def test_a_line_is_seen_and_kept(tmp_path, capsys):
    log = StudioLog(tmp_path)
    log.say("web", "up")
    log.close()

    assert capsys.readouterr().out == "web         up\n"
    assert log.path.read_text().endswith(" web         up\n")


def test_the_output_of_a_process_is_followed_to_its_end(tmp_path, capsys):
    reading, writing = os.pipe()
    log = StudioLog(tmp_path)
    with os.fdopen(reading, "rb") as stream:
        thread = log.follow("decode", stream)
        os.write(writing, b"first\n\n\xff second\nno newline")
        os.close(writing)
        thread.join()
    log.close()

    assert capsys.readouterr().out.splitlines() == [
        "decode      first", "decode      \ufffd second", "decode      no newline",
    ]  # fmt: skip


def test_a_terminal_that_went_away_stops_nothing(tmp_path, monkeypatch):
    class Gone:
        def write(self, _text: str) -> None:
            raise BrokenPipeError

    monkeypatch.setattr("sys.stdout", Gone())
    log = StudioLog(tmp_path)

    log.say("web", "still here")
    log.close()

    assert "still here" in log.path.read_text()


def test_a_log_that_has_grown_is_put_aside_at_the_start(tmp_path):
    (tmp_path / "studio.log").write_bytes(b"x" * (20 * 2**20 + 1))

    StudioLog(tmp_path).close()

    assert (tmp_path / "studio.log").stat().st_size == 0
    assert (tmp_path / "studio.log.1").stat().st_size == 20 * 2**20 + 1


class FullDisk:
    """A file that takes a few bytes of a line, then no more until there is room."""

    closed = False

    def __init__(self, file) -> None:
        self.file = file
        self.room = 12

    def write(self, data: bytes) -> int:
        if self.room == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        took = self.file.write(data[: self.room])
        self.room -= took
        return took

    def close(self) -> None:
        self.file.close()


def test_a_full_disk_costs_lines_and_keeps_nobody_from_being_heard(tmp_path, capsys):
    log = StudioLog(tmp_path)
    disk = FullDisk(log._file)
    log._file = disk
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as stream:
        thread = log.follow("decode", stream)
        os.write(writing, b"half\nnone\nnor this\n")
        os.close(writing)
        thread.join()
    disk.room = 10_000
    log.say("web", "room again")
    log.say("web", "and on")
    log.close()

    assert "decode      nor this\n" in capsys.readouterr().out
    kept = [line[26:] for line in log.path.read_text().splitlines()[1:] if line]
    assert kept == ["studio      3 lines are missing here: they could not be written", "web         room again",
                    "web         and on"]  # fmt: skip


def test_a_terminal_that_can_keep_nothing_stops_nothing(tmp_path, monkeypatch):
    class Full:
        def write(self, _text: str) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("sys.stdout", Full())
    log = StudioLog(tmp_path)

    log.say("web", "still here")
    log.close()

    assert "still here" in log.path.read_text()
