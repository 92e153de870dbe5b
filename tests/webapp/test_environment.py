"""Variables are read typed, or refused by name."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from webapp.environment import Environment


def environment(**values) -> Environment:
    return Environment(values=values)


def test_a_text_falls_back_when_missing_or_empty():
    assert environment(A="x").text("A", "y") == "x"
    assert environment(A="").text("A", "y") == "y"
    assert environment().text("A", "y") == "y"


@pytest.mark.parametrize(("value", "flag"), [("1", True), ("Yes", True), ("on", True), ("0", False), ("", False)])
def test_a_flag_is_yes_or_no(value, flag):
    assert environment(A=value).flag("A", default=not flag) is flag


def test_a_missing_flag_is_its_default():
    assert environment().flag("A", default=True) is True


def test_a_flag_that_is_neither_is_refused_by_name():
    with pytest.raises(ImproperlyConfigured, match=r"A must be one of .* got 'maybe'"):
        environment(A="maybe").flag("A")


def test_a_number_lies_in_its_range():
    assert environment(A="7").number("A", 1, low=0, high=9) == 7
    assert environment().number("A", 1, low=0, high=9) == 1


@pytest.mark.parametrize("value", ["10", "-1", "x", "1.5"])
def test_a_wrong_number_is_refused_by_name(value):
    with pytest.raises(ImproperlyConfigured, match=r"A must be a whole number in 0\.\.9"):
        environment(A=value).number("A", 1, low=0, high=9)


def test_a_choice_is_one_of_its_words():
    assert environment(A="b").choice("A", "a", ("a", "b")) == "b"
    with pytest.raises(ImproperlyConfigured, match="A must be one of a, b, got 'c'"):
        environment(A="c").choice("A", "a", ("a", "b"))


def test_words_are_separated_by_commas():
    assert environment(A=" x, y ,").words("A") == ["x", "y"]
    assert environment().words("A") == []
