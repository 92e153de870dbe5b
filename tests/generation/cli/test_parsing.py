"""Flags and help."""

import argparse

import pytest

from generation.cli.parsing import CommandParser, add_help, positive_number, whole_number, whole_number_in
from generation.errors import RequestError


@pytest.fixture
def parser():
    parser = CommandParser(prog="tool", usage="tool --count N", description="Counts.")
    group = parser.add_argument_group("how much")
    group.add_argument("--count", type=whole_number, metavar="N", help="how many")
    add_help(group)
    return parser


def test_what_is_wrong_is_raised_in_one_sentence(parser):
    with pytest.raises(RequestError) as raised:
        parser.parse_args(["--count", "nan"])

    assert str(raised.value) == "--count: must be a whole number, got 'nan'; see tool --help"


@pytest.mark.parametrize("flags", [["--cuont", "3"], ["--count"], ["surplus"], ["--cou", "3"]])
def test_unknown_incomplete_and_shortened_flags_are_refused(parser, flags):
    with pytest.raises(RequestError, match="see tool --help"):
        parser.parse_args(flags)


@pytest.mark.parametrize("text", ["", "1.5", "1e3", "NaN", "inf", "9" * 5000, "one"])
def test_only_whole_numbers_are_numbers(text):
    with pytest.raises(argparse.ArgumentTypeError):
        whole_number(text)


def test_negative_number_is_a_number(parser):
    assert parser.parse_args(["--count", "-5"]).count == -5


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_help_fits_the_terminal(parser, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))

    assert max(len(line) for line in parser.format_help().splitlines()) <= min(columns, 96)


@pytest.mark.parametrize(
    ("bounds", "text", "words"),
    [((1,), "0", "must be 1 or more, got 0"), ((0, 8), "-1", r"in 0\.\.8, got -1"), ((0, 8), "9", r"in 0\.\.8, got 9")],
)
def test_numbers_outside_their_bounds_are_refused(bounds, text, words):
    with pytest.raises(argparse.ArgumentTypeError, match=words):
        whole_number_in(*bounds)(text)


def test_bounds_themselves_are_taken():
    assert [whole_number_in(0, 8)(text) for text in ("0", "8")] == [0, 8]
    assert whole_number_in(1)("1000000") == 1_000_000


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "one", ""])
def test_only_positive_numbers_are_positive_numbers(text):
    with pytest.raises(argparse.ArgumentTypeError, match="must be a positive number"):
        positive_number(text)


def test_half_a_minute_is_a_positive_number():
    assert positive_number("0.5") == 0.5
