"""The benchmark command at its smallest."""

import pytest

from generation.cli import benchmark
from generation.cli.arguments import DEFAULT_PRESET
from generation.cli.benchmark import SECTIONS, build_parser, run_benchmark
from generation.errors import RequestError
from generation.evaluation.benchmark.figures import Figure, at_least


def with_figures(monkeypatch, *figures):
    """Make every section give these figures."""
    monkeypatch.setattr(benchmark, "_sections", lambda arguments: dict.fromkeys(SECTIONS, lambda: iter(figures)))


def test_quick_passes_are_printed_but_not_judged(capsys):
    status = run_benchmark(["passes", "--quick"])

    lines = capsys.readouterr().out.splitlines()
    assert status == 0
    assert "threads, torch" in lines[0]
    assert any(line.startswith("passes, window of 4: chunks in forwards") and "< 1" in line for line in lines)
    assert not any("missed" in line for line in lines)


def test_a_missed_limit_is_the_exit_status(capsys, monkeypatch):
    with_figures(monkeypatch, Figure(name="share", value=0.5, limit=at_least(0.75)))

    status = run_benchmark(["forward"])

    assert status == 1
    assert capsys.readouterr().out.splitlines()[-1] == "0 met, 1 missed"


def test_a_line_holds_figure_limit_verdict_and_load(capsys, monkeypatch):
    monkeypatch.setattr(benchmark, "load_average", lambda: 1.5)
    with_figures(monkeypatch, Figure(name="share", value=0.8, limit=at_least(0.75)))

    assert run_benchmark(["forward"]) == 0

    assert capsys.readouterr().out.splitlines()[-2].split() == ["share", "0.8", ">=", "0.75", "met", "1.50"]


def test_all_sections_are_measured_by_default(capsys, monkeypatch):
    with_figures(monkeypatch, Figure(name="share", value=0.8, limit=at_least(0.75)))

    assert run_benchmark([]) == 0

    assert capsys.readouterr().out.splitlines()[-1] == f"{len(SECTIONS)} met, 0 missed"


def test_there_is_a_way_to_measure_every_section():
    assert tuple(benchmark._sections(build_parser().parse_args([]))) == SECTIONS


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["luck"], "invalid choice: 'luck'"),
        (["--threads", "-3"], r"--threads: must be in 0\.\.1024, got -3"),
        (["--preset", "none"], "invalid choice: 'none'"),
    ],
)
def test_what_cannot_be_measured_is_refused(flags, words):
    with pytest.raises(RequestError, match=words):
        run_benchmark(flags)


def test_help_fits_80_columns_and_names_what_is_measured(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")

    text = build_parser().format_help()

    assert [line for line in text.splitlines() if len(line) > 79] == []
    assert [word for word in (*SECTIONS, DEFAULT_PRESET) if word not in text] == []
