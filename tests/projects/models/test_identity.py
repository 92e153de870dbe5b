"""Keys of rows."""

from projects.models.identity import new_id


def test_no_two_are_alike():
    assert len({new_id() for _ in range(1000)}) == 1000
