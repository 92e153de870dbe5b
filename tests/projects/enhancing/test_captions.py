"""Free wishes reach a small model in the words it knows."""

import pytest

from generation.presets import find_preset
from projects.enhancing.captions import in_captions, read_camera_wish

CAPTIONS = find_preset("starter").captions


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        ("push in slowly", "slow zoom in"),
        ("The camera moves closer.", "zoom in"),
        ("a quick pull back", "fast zoom out"),
        ("dolly out, gently", "slow zoom out"),
        ("the camera pans to the left", "pan left"),
        ("rapidly turning right", "fast pan right"),
        ("crane up", "tilt up"),
        ("the camera looks down slowly", "slow tilt down"),
        ("rotate counter-clockwise", "roll counterclockwise"),
        ("anticlockwise roll", "roll counterclockwise"),
        ("rolls clockwise fast", "fast roll clockwise"),
        ("locked-off shot", "static shot"),
        ("the camera doesn't move", "static shot"),
        ("slow static shot", "static shot"),
        ("the view slowly turns right", "slow pan right"),
        ("a slow camera moves closer", "slow zoom in"),
        ("the view rolls clockwise", "roll clockwise"),
        ("缓慢推近", "slow zoom in"),
        ("镜头向左平移", "pan left"),
    ],
)
def test_a_camera_wish_is_said_in_a_caption(text, caption):
    heard = in_captions(text, CAPTIONS)

    assert (heard.text, heard.warning) == (caption, "")


@pytest.mark.parametrize("caption", CAPTIONS)
def test_a_caption_stays_what_it_is(caption):
    heard = in_captions(f"{caption.capitalize()}.", CAPTIONS)

    assert (heard.text, heard.additions, heard.warning) == (caption, (), "")


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        ("waves roll over the rocks", "slow zoom in"),
        ("a boy turns to the window", "slow zoom in"),
        ("zoom out on a boy who laughs", "zoom out"),
        ("龘龘 向右摇", "pan right"),
        ("雨", "slow zoom in"),
        ("the red ball moves to the left", "slow zoom in"),
        ("a wheel quickly spins clockwise", "slow zoom in"),
        ("she slowly looks up", "slow zoom in"),
        ("the red ball moves left, the camera pans right", "pan right"),
        ("the camera turns left while the boat moves away", "pan left"),
    ],
)
def test_what_cannot_be_heard_is_warned_of(text, caption):
    heard = in_captions(text, CAPTIONS)

    assert (heard.text, heard.warning) == (caption, "camera_only")
    assert heard.text[heard.additions[0].start : heard.additions[0].stop] == caption


def test_the_first_move_wins():
    assert read_camera_wish("pan left, then zoom in", CAPTIONS).caption == "pan left"


def test_a_move_that_is_denied_is_not_wished_for():
    assert read_camera_wish("don't zoom in, pan right", CAPTIONS).caption == "pan right"


def test_only_captions_come_out():
    assert read_camera_wish("tilt up", ("slow zoom in", "zoom in")).caption == "slow zoom in"


def test_nothing_stays_nothing():
    assert in_captions("  ", CAPTIONS).text == ""


@pytest.mark.parametrize(
    ("text", "words", "warning"),
    [
        ("the cat moves left", "the cat moves left, static shot", ""),
        ("The rocket slowly lifts off.", "The rocket moves up slowly, static shot", ""),
        ("a red ball rolls quickly to the right", "a red ball moves right fast, static shot", ""),
        ("the leaf sinks, slow pan left", "the leaf moves down, slow pan left", ""),
        ("the camera moves left", "pan left", ""),
        ("the cat moves left and smiles", "the cat moves left, static shot", "camera_only"),
        ("the cat smiles", "slow zoom in", "camera_only"),
    ],
)
def test_a_model_that_moves_things_is_told_which_and_where_to(text, words, warning):
    heard = in_captions(text, CAPTIONS, moves_things=True)

    assert (heard.text, heard.warning) == (words, warning)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("The red ball moves to the left", "The red ball"),
        ("the red ball slowly rises while the camera pans right", "the red ball"),
        ("a boat drifts right, zoom out", "a boat"),
        # The English of it is not theirs.
        ("一只猫向左走", ""),
    ],
)
def test_the_thing_that_moves_is_named_in_the_persons_own_words(text, own):
    heard = in_captions(text, CAPTIONS, moves_things=True)

    (added,) = heard.additions
    assert heard.text[: added.start] == own
    assert added.stop == len(heard.text)
