"""Control tokens by short names."""

import argparse
from dataclasses import fields

import pytest

from generation.cli.controls import CONTROLS, DEFAULT_CONTROLS, parse_controls
from generation.contract.requests import ControlTokens


def test_every_control_has_a_short_name():
    assert sorted(field for field, _ in CONTROLS.values()) == sorted(field.name for field in fields(ControlTokens))


def test_default_is_the_default_of_a_request():
    assert parse_controls(DEFAULT_CONTROLS) == ControlTokens()


def test_none_turns_all_off():
    controls = parse_controls("none")

    assert not any(getattr(controls, field.name) for field in fields(controls))


def test_all_can_be_turned_on_together():
    controls = parse_controls(",".join(CONTROLS))

    assert all(getattr(controls, field.name) for field in fields(controls))


@pytest.mark.parametrize("text", ["", "hq,", "hd", "hq duration", "none,hq"])
def test_unknown_names_are_named(text):
    with pytest.raises(argparse.ArgumentTypeError, match="hq,duration,static"):
        parse_controls(text)
