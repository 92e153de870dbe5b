"""The flags of the train command."""

import pytest

from generation.cli.train_arguments import parse_train
from generation.errors import RequestError
from generation.training.recipe import ClipKind
from generation.training.recipes import STARTER


def test_what_is_not_said_is_the_recipes(tmp_path):
    arguments = parse_train(["latents", str(tmp_path), "--vae", "vae", "--show", "scenes"])

    assert (arguments.size, arguments.seconds, arguments.shards) == ((64, 64), 1, 64)
    assert (arguments.show, arguments.steps, arguments.learning_rate) == (ClipKind.SCENES, None, None)


def test_both_models_have_as_many_stages_as_the_flag_takes():
    last = len(STARTER.dit_stages)

    assert len(STARTER.vae_stages) == last
    assert parse_train(["vae", "x", "--stage", str(last)]).stage == last
    with pytest.raises(RequestError, match="--stage"):
        parse_train(["vae", "x", "--stage", str(last + 1)])


@pytest.mark.parametrize(
    ("argv", "missing"),
    [
        (("dit", "x"), "--vae and --latents"), (("shortcut", "x", "--vae", "y"), "--latents and --teacher"),
        (("temper", "x", "--vae", "y"), "--latents and --start_from"),
        (("latents", "x"), "--vae"), (("export", "x", "--vae", "y"), "--model"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(argv, missing):
    with pytest.raises(RequestError, match=missing):
        parse_train(argv)


def test_all_stages_together_take_no_flags_of_one():
    with pytest.raises(RequestError, match=r"takes no --clips or --steps; see .* --help"):
        parse_train(["all", "x", "--steps", "3", "--clips", "y"])


@pytest.mark.parametrize(
    "argv",
    [
        ("vae", "x", "--stage", "8"),
        ("cook", "x"),
        ("latents", "x", "--size", "64"),
        ("latents", "x", "--shards", "0"),
        ("latents", "x", "--seconds", "-1"),
        ("vae", "x", "--minutes", "0"),
        ("vae", "x", "--threads", "-1"),
        ("vae", "x", "--learning_rate", "nan"),
        (),
    ],
)
def test_wrong_flags_are_refused(argv):
    with pytest.raises(RequestError, match="--help"):
        parse_train(argv)
