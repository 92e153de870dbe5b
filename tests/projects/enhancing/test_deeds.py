"""Who does what, in a person's own words."""

import pytest

from projects.enhancing.deeds import read_deed


@pytest.mark.parametrize(
    ("text", "subject", "verb"),
    [
        ("the cat moves to the left", "the cat", "moves left"),
        ("A small white boat sails away towards the right", "A small white boat", "moves right"),
        ("the rocket rises", "the rocket", "moves up"),
        ("the rocket takes off", "the rocket", "moves up"),
        ("her hat is falling down", "her hat", "moves down"),
        ("she quickly runs left", "she", "moves left"),
        ("the cat is slowly moving left", "the cat", "moves left"),
        ("pan right while the bird flies up", "the bird", "moves up"),
    ],
)
def test_things_that_move_are_found(text, subject, verb):
    deed = read_deed(text)

    assert deed is not None
    assert (deed.subject, deed.verb) == (subject, verb)
    assert text[deed.start : deed.stop].startswith(subject)


@pytest.mark.parametrize(
    "text",
    [
        "the camera moves left",
        "slow zoom in",
        "the view drifts up",
        "pan left",
        "the cat never moves left",
        "the cup doesn't fall",
        "a boy laughs",
        "moves left",
        "",
    ],
)
def test_cameras_and_nobody_do_nothing(text):
    assert read_deed(text) is None


def test_the_first_in_the_text_counts():
    deed = read_deed("the dog runs right, then the cat moves left")

    assert deed is not None
    assert (deed.subject, deed.verb) == ("the dog", "moves right")
