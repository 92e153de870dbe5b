"""What ./studio understands, and how it answers what it does not."""

from pathlib import Path

import pytest

from studio.cli import COMMANDS, INTERRUPTED, USAGE, USAGE_ERROR, Command, UsageError, main, parse, usable_cpus


def test_no_word_asks_for_help():
    assert parse([]).name == "help"


@pytest.mark.parametrize("word", ["help", "-h", "--help"])
def test_help_is_understood_in_every_spelling(word):
    assert parse([word]).name == "help"


def test_test_hands_its_arguments_on_untouched():
    assert parse(["test", "tests/studio", "-k", "stamp or --x"]) == Command(
        name="test", arguments=("tests/studio", "-k", "stamp or --x")
    )


def test_generate_hands_its_arguments_on_even_help():
    assert parse(["generate", "--help"]) == Command(name="generate", arguments=("--help",))


def test_unknown_command_is_refused():
    with pytest.raises(UsageError, match="no command 'tset'"):
        parse(["tset"])


@pytest.mark.parametrize("name", ["up", "check", "doctor"])
def test_stray_arguments_are_refused_not_dropped(name):
    with pytest.raises(UsageError, match=f"{name} takes no arguments"):
        parse([name, "--fast"])


@pytest.mark.parametrize("name", COMMANDS)
def test_usage_names_every_command(name):
    assert f"\n  {name} " in USAGE


def test_main_prints_the_usage_and_fails_on_a_wrong_word(tmp_path: Path, capsys, undisturbed_signals):
    code = main(["tset"], str(tmp_path))

    assert code == USAGE_ERROR
    assert "there is no command 'tset'" in capsys.readouterr().err


def test_main_says_what_is_missing_instead_of_a_traceback(tmp_path: Path, capsys, undisturbed_signals):
    code = main(["check"], str(tmp_path))

    assert code == 1
    assert capsys.readouterr().err.startswith("Set-up failed: ")


def test_main_ends_quietly_on_ctrl_c(tmp_path: Path, capsys, monkeypatch, undisturbed_signals):
    def interrupted(command, environment):
        raise KeyboardInterrupt

    monkeypatch.setattr("studio.cli.carry_out", interrupted)

    assert main(["up"], str(tmp_path)) == INTERRUPTED
    assert capsys.readouterr().err.strip() == "Stopped."


def test_at_least_one_processor_is_ours():
    assert usable_cpus() >= 1
