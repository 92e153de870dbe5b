"""What the command says, and how it ends."""

import json
import shutil

import pytest
import torch

from generation.__main__ import main
from generation.cli.verify import build_parser, result_lines, run_verify
from generation.errors import RequestError
from generation.verification.measures import Comparison
from generation.verification.tolerances import FLOAT32, TOLERANCES
from generation.verification.verifier import CaseResult
from tests.support.golden import FOLDER


@pytest.fixture
def folder(tmp_path):
    """Three quick cases, and the inputs that lie around them."""
    for name in (
        "vae_pixel_tables.json",
        "vae_pixel_tables.safetensors",
        "t5_clean.json",
        "tile_parallel.json",
        "INDEX.json",
    ):
        shutil.copyfile(FOLDER / "vae" / name, tmp_path / name)
    return tmp_path


def test_all_that_agrees_ends_with_status_0_and_the_counts(folder, capsys):
    status = run_verify([str(folder)])

    lines = capsys.readouterr().out.splitlines()
    assert status == 0
    assert lines[-1] == "3 passed, 0 failed"
    assert lines[0].split() == ["case", "error", "tolerance", "verdict"]
    assert [line.split()[:4] for line in lines[1:4]] == [
        ["t5_clean", "0", "0", "passed"],
        ["tile_parallel", "0", "0", "passed"],
        ["vae_pixel_tables", "0", "0", "passed"],
    ]
    assert lines[4] == f"read, not compared: {folder.name}/INDEX"


def test_one_difference_ends_with_status_1_and_is_shown(folder, capsys):
    pairs = json.loads((folder / "t5_clean.json").read_text())
    pairs["cases"][2]["text_preprocessing"] = "more"
    (folder / "t5_clean.json").write_text(json.dumps(pairs))

    status = run_verify([str(folder)])

    out = capsys.readouterr().out
    assert status == 1
    assert out.endswith("\n2 passed, 1 failed\n")
    assert "78 pairs text_preprocessing: 1 values that differ, at most 0 ('' instead of 'more' at 2)  FAILED" in out


def test_an_unknown_case_ends_with_status_1(folder, capsys):
    (folder / "mystery.json").write_text("{}")

    assert run_verify([str(folder)]) == 1
    assert "3 passed, 1 failed" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["", "none"])
def test_nothing_to_compare_ends_with_status_1(tmp_path, capsys, name):
    assert run_verify([str(tmp_path / name)]) == 1
    assert capsys.readouterr().out.endswith("\n0 passed, 1 failed\n")


def test_several_folders_are_counted_together(folder, capsys):
    assert run_verify([str(folder), str(folder)]) == 0
    assert "\n6 passed, 0 failed\n" in capsys.readouterr().out


def test_every_comparison_is_printed_if_asked_for(folder, capsys):
    run_verify(["--parts", str(folder)])

    assert "    enc_norm_bf16: 0 largest difference, at most 0\n" in capsys.readouterr().out


def test_the_worst_error_under_every_tolerance_is_summed_up(folder, capsys):
    run_verify([str(folder)])

    out = capsys.readouterr().out
    assert "exact numbers" in out
    assert "0 of 0 largest difference, in 3 comparisons" in out


def test_help_gives_every_tolerance_its_reason(capsys):
    with pytest.raises(SystemExit) as ended:
        run_verify(["--help"])

    out = capsys.readouterr().out
    assert ended.value.code == 0
    assert all(f"  {tolerance.name}: " in out for tolerance in TOLERANCES)


def test_threads_are_as_many_as_before_afterwards(folder):
    before = torch.get_num_threads()

    run_verify(["--threads", "3", str(folder)])

    assert torch.get_num_threads() == before


@pytest.mark.parametrize("arguments", [[], ["--threads", "0", "x"], ["--threads", "many", "x"], ["--everything", "x"]])
def test_wrong_arguments_are_refused(arguments):
    with pytest.raises(RequestError, match="see python -m generation verify-reference --help"):
        run_verify(arguments)


def test_help_fits_80_columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")

    assert [line for line in build_parser().format_help().splitlines() if len(line) > 79] == []


def test_the_program_hands_over_to_the_command(folder, capsys):
    assert main(["verify-reference", str(folder)]) == 0
    assert capsys.readouterr().out.endswith("3 passed, 0 failed\n")


def test_of_many_failures_the_worst_are_shown():
    parts = tuple(Comparison(what=f"part {index}", error=index * 1e-5, tolerance=FLOAT32) for index in range(1, 9))

    lines = result_lines(CaseResult(name="case", comparisons=parts))

    assert "FAILED" in lines[0]
    assert lines[1].startswith("    part 8: 8.0e-05 of the largest value, at most 5.0e-06")
    assert lines[-1] == "    and 3 more that failed"
    assert len(lines) == 7


@pytest.mark.parametrize("error", [float("nan"), float("inf")])
def test_errors_that_are_no_numbers_are_printed_as_such(error):
    (line, _) = result_lines(
        CaseResult(name="case", comparisons=(Comparison(what="x", error=error, tolerance=FLOAT32),))
    )

    assert str(error) in line
    assert "FAILED" in line
