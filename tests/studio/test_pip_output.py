"""Of all that pip says, people see large downloads and real warnings."""

import pytest

from studio.pip_output import LineByLine, shown_of_pip


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Downloading torch-2.13.0-cp311-linux.whl (898.4 MB)", "downloading torch-2.13.0-cp311-linux.whl, 898.4 MB"),
        ("  Downloading https://host/simple/nvidia_cublas.whl (1.2 GB)", "downloading nvidia_cublas.whl, 1.2 GB"),
        ("ERROR: No matching distribution found for nothing", "ERROR: No matching distribution found for nothing"),
    ],
)
def test_what_matters_is_shown(line, shown):
    assert shown_of_pip(line) == shown


@pytest.mark.parametrize(
    "line",
    [
        "WARNING: Location '/x/simple/rich/' is ignored: it is either a non-existing path or lacks a specific scheme.",
        "WARNING: Location 'file:///x/simple/rich/' is ignored: it is neither a file nor a directory.",
        "Downloading rich-15.0.0-py3-none-any.whl (310 kB)",
        "Downloading av-18.1.0.whl (9.9 MB)",
        "Downloading something-without-a-size.whl",
        "Collecting numpy>=2",
        "[notice] A new release of pip is available",
        "",
    ],
)
def test_the_rest_is_left_out(line):
    assert shown_of_pip(line) is None


def test_lines_are_judged_only_when_whole(capsys):
    lines = LineByLine()

    lines("Collecting torch\n  Downloading torch.whl (19")
    assert capsys.readouterr().out == ""
    lines("8.0 MB)\nInstalling\n")

    assert capsys.readouterr().out == "  downloading torch.whl, 198.0 MB\n"
