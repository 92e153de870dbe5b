"""``python -m generation``: which command runs, what it returns, what a person reads."""

import logging

import pytest

from generation import __main__ as program
from generation.errors import RequestError, StorageError


@pytest.fixture
def command(monkeypatch, tmp_path):
    """Lets the generate command do something else."""
    monkeypatch.setenv("SCENELOOM_CACHE", str(tmp_path))

    def replaced(action):
        monkeypatch.setattr("generation.cli.generate.run_generate", action)

    return replaced


def fails_with(error):
    def run(argv, *, cache, console):
        raise error

    return run


def test_flags_alone_make_a_clip(command, tmp_path):
    seen = []
    command(lambda argv, *, cache, console: seen.append((argv, cache)) or 0)

    assert program.main(["--prompt", "waves"]) == 0
    assert program.main(["generate", "--prompt", "waves"]) == 0
    assert seen == [(["--prompt", "waves"], tmp_path)] * 2


@pytest.mark.parametrize("argv", [[], ["--help"], ["-h"], ["--prompt", "x", "--help"]])
def test_help_is_shown(argv, capsys):
    assert program.main(argv) == 0

    assert capsys.readouterr().out.startswith("usage: python -m generation")


def test_help_names_every_command(capsys):
    program.main(["--help"])

    told = capsys.readouterr().out.split("other commands:")[1].split()
    assert [name for name in program.COMMANDS if name != "generate" and name not in told] == []


def test_help_does_not_wait_for_torch(monkeypatch, capsys):
    import subprocess
    import sys

    code = (
        "import sys; sys.modules['torch'] = None; sys.modules['transformers'] = None;"
        "from generation.__main__ import main; sys.exit(main(['--help']))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_named_error_is_one_line_and_status_1(command, capsys):
    command(fails_with(StorageError("the disk is full [really]; free some space")))

    assert program.main(["--prompt", "x"]) == 1

    assert capsys.readouterr().err == "error (storage_failed): the disk is full [really]; free some space\n"


def test_unknown_error_is_one_line_says_where_to_look_and_is_status_70(command, capsys):
    command(fails_with(KeyError("surprise")))

    assert program.main(["--prompt", "x"]) == 70

    said = capsys.readouterr().err
    assert "KeyError: 'surprise'" in said
    assert "--verbose" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("error", [KeyError("surprise"), RequestError("a wish")])
def test_verbose_shows_where_it_happened(command, capsys, error):
    command(fails_with(error))

    program.main(["--prompt", "x", "--verbose"])

    assert "Traceback" in capsys.readouterr().err


def test_interruption_outside_of_the_work_is_status_130(command, capsys):
    command(fails_with(KeyboardInterrupt()))

    assert program.main(["--prompt", "x"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_misspelt_command_is_named(capsys):
    assert program.main(["donwload", "tiny"]) == 1

    assert "there is no command 'donwload'; there are generate, download" in capsys.readouterr().err


def test_mirror_and_proxies_come_from_the_environment(monkeypatch):
    seen = {}
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example")
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setattr("generation.cli.download.run_download", lambda argv, **words: seen.update(words) or 0)

    program.main(["download", "magi_24b_base"])

    assert seen["endpoint"] == "https://mirror.example"
    assert seen["proxies"]["https"] == "http://proxy.example:3128"


def test_convert_is_reached(tmp_path, capsys):
    assert program.main(["convert", str(tmp_path / "nowhere")]) == 1
    assert "found none" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"SCENELOOM_CACHE": "/a"}, "/a"),
        ({"XDG_CACHE_HOME": "/b"}, "/b/sceneloom"),
        ({"HOME": "/c"}, "/c/.cache/sceneloom"),
    ],
)
def test_cache_is_where_the_environment_says(monkeypatch, environment, folder):
    for name in ("SCENELOOM_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert str(program.cache_folder()) == folder


def test_log_lines_of_libraries_are_left_out(command, capsys):
    command(lambda argv, **words: logging.getLogger("somebody").info("chatter") or 0)

    program.main(["--prompt", "x"])

    assert "chatter" not in capsys.readouterr().err
