"""The tree of errors: one root, stable codes, drawn as it is."""

import inspect

import pytest

from generation import errors
from generation.errors import GenerationError

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_hangs_on_the_one_root(kind):
    assert issubclass(kind, GenerationError)


def test_no_two_errors_share_a_code_but_one_that_is_the_other_told_more_closely():
    codes = [kind.code for kind in KINDS if "code" in vars(kind)]
    closer = [kind for kind in KINDS if "code" not in vars(kind)]

    assert len(set(codes)) == len(codes)
    assert all(kind.code == kind.__base__.code != GenerationError.code for kind in closer)


@pytest.mark.parametrize("kind", KINDS)
def test_every_code_is_a_plain_word_for_machines(kind):
    assert kind.code.isidentifier()
    assert kind.code.islower()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not GenerationError])
def test_every_error_is_in_the_drawing(kind):
    assert f"── {kind.__name__} " in (errors.__doc__ or "")
