"""The key that signs sessions is made once per data folder."""

from webapp.supervisor.secret import secret_key


def test_the_key_is_made_once_and_kept(tmp_path):
    first = secret_key(tmp_path / "data", "")

    assert secret_key(tmp_path / "data", "") == first
    assert len(first) >= 50


def test_nobody_else_can_read_it(tmp_path):
    secret_key(tmp_path, "")

    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_two_folders_have_two_keys(tmp_path):
    assert secret_key(tmp_path / "a", "") != secret_key(tmp_path / "b", "")


def test_a_key_that_is_given_is_not_written_down(tmp_path):
    assert secret_key(tmp_path, "given") == "given"
    assert list(tmp_path.iterdir()) == []
