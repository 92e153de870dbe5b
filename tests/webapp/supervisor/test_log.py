"""Every line of every process, with its name in front, on the terminal and in the file."""

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
