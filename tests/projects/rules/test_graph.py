"""The forest of shots."""

import pytest

from projects.rules.graph import DEEPEST, path_to, shot_numbers, would_cycle

PARENTS = {"a": None, "b": "a", "c": "b", "d": "a"}


@pytest.mark.parametrize(
    ("child", "parent", "cycle"),
    [("a", "c", True), ("a", "a", True), ("d", "c", False), ("new", "c", False), ("b", "d", False)],
)
def test_a_card_may_not_hang_from_what_hangs_from_it(child, parent, cycle):
    assert would_cycle(PARENTS, child, parent) is cycle


def test_a_line_without_end_is_refused_and_ends():
    assert would_cycle({"a": "b", "b": "a"}, "new", "a")
    deep = {str(n): str(n - 1) if n else None for n in range(DEEPEST + 10)}
    assert would_cycle(deep, "new", str(DEEPEST + 9))


def test_the_path_leads_from_the_root():
    assert path_to(PARENTS, "c") == ["a", "b", "c"]
    assert path_to({"a": "b", "b": "a"}, "a") == ["b", "a"]


def test_shots_are_called_by_depth_and_order_of_making():
    cards = [
        ("picture", False, None), ("first", True, "picture"), ("other", True, "picture"), ("on", True, "first"),
        ("note", False, None), ("further", True, "on"), ("alone", True, None),
    ]  # fmt: skip

    numbers = shot_numbers(cards)

    assert numbers == {"first": "1a", "other": "1b", "on": "2a", "further": "3a", "alone": "1c"}


def test_letters_go_on_after_z_and_a_circle_ends():
    many = shot_numbers([(str(n), True, None) for n in range(28)])

    assert (many["25"], many["26"], many["27"]) == ("1z", "1aa", "1ab")
    assert len(shot_numbers([("a", True, "b"), ("b", True, "a")])) == 2
