"""The flags of generate, and whether their help can be read."""

import shlex

import pytest

from generation.cli.arguments import build_parser
from generation.cli.controls import CONTROLS
from generation.contract.requests import ClipEnd, ControlTokens, Fit
from generation.errors import RequestError
from generation.presets import PRESETS

# As the released command line has them.
MAGI_FLAGS = ("config_file", "mode", "prompt", "image_path", "prefix_video_path", "output_path")


@pytest.fixture(scope="module")
def parser():
    return build_parser()


def test_flags_of_the_released_command_line_are_there(parser):
    words = [word for flag in MAGI_FLAGS for word in (f"--{flag}", "t2v" if flag == "mode" else "something")]

    arguments = vars(parser.parse_args(words))

    assert all(arguments[flag] is not None for flag in MAGI_FLAGS)


def test_help_fits_80_columns(parser, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")

    assert [line for line in parser.format_help().splitlines() if len(line) > 79] == []


def test_help_names_every_flag_model_and_control(parser):
    text = parser.format_help()

    flags = [flag for action in parser._actions for flag in action.option_strings]
    assert [word for word in (*flags, *PRESETS, *CONTROLS) if word not in text] == []


def test_every_flag_says_what_it_does(parser):
    assert [action.dest for action in parser._actions if not action.help] == []


def test_choices_are_all_shown(parser):
    shown = {action.dest: action.metavar for action in parser._actions}

    assert set(shown["fit"].split("|")) == set(Fit)
    assert set(shown["prefix_end"].split("|")) == set(ClipEnd)


def test_examples_in_the_help_can_be_run(parser):
    examples = parser.epilog.split("examples:")[1].split("other commands:")[0].replace("\\\n", " ").splitlines()
    commands = [line.split("generation", 1)[1] for line in examples if "python -m generation" in line]

    assert len(commands) == 4
    for command in commands:
        assert parser.parse_args(shlex.split(command)).output_path


def test_prompts_are_kept_in_order(parser):
    assert parser.parse_args(["--prompt", "a", "--prompt", "b"]).prompt == ["a", "b"]


def test_preset_and_configuration_file_exclude_each_other(parser):
    with pytest.raises(RequestError, match="not allowed with"):
        parser.parse_args(["--preset", "tiny", "--config_file", "x.json"])


def test_controls_are_a_list(parser):
    controls = parser.parse_args(["--controls", "hq, anime"]).controls

    assert controls == ControlTokens(duration=False, two_d_anime=True)


def test_nothing_is_set_unless_given(parser):
    given = {name for name, value in vars(parser.parse_args([])).items() if value is not None}

    assert given == {"force", "quiet", "verbose"}
