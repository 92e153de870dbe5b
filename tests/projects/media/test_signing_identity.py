"""Who signs: made once, kept secret, the same for everybody, refused when it cannot be used."""

import stat
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from projects.errors import Unavailable
from projects.media.signing_identity import FILE_NAME, identity_of, local_identity, studio_identity

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def test_the_studios_own_is_made_once_and_readable_by_its_owner_alone(tmp_path):
    first = local_identity(tmp_path / "new", now=NOW)
    again = local_identity(tmp_path / "new", now=NOW)

    assert first == again
    assert first.algorithm == "es256"
    assert stat.S_IMODE((tmp_path / "new" / FILE_NAME).stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == [FILE_NAME]


def test_of_many_that_make_it_at_once_all_get_the_same(tmp_path):
    found, gate = [], threading.Barrier(8)

    def make():
        gate.wait()
        found.append(local_identity(tmp_path, now=NOW).fingerprint)

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len(set(found)) == 1


def test_one_that_is_about_to_end_is_replaced(tmp_path):
    first = local_identity(tmp_path, now=NOW)

    assert local_identity(tmp_path, now=NOW + timedelta(days=3600)) == first
    later = local_identity(tmp_path, now=NOW + timedelta(days=3640))
    assert later.fingerprint != first.fingerprint
    assert local_identity(tmp_path, now=NOW + timedelta(days=3640)) == later


def test_a_damaged_file_is_said_by_name(tmp_path):
    (tmp_path / FILE_NAME).write_text("nothing")

    with pytest.raises(Unavailable, match=FILE_NAME):
        local_identity(tmp_path, now=NOW)


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(Unavailable, match="cannot be kept"):
        local_identity(tmp_path / "file" / "folder", now=NOW)


@pytest.fixture
def operators(tmp_path):
    """An operator's certificate and key in two files."""
    made = local_identity(tmp_path / "made", now=NOW)
    (tmp_path / "certificate.pem").write_bytes(made.certificates)
    (tmp_path / "key.pem").write_bytes(made.key)
    return made, str(tmp_path / "certificate.pem"), str(tmp_path / "key.pem")


def test_the_operators_own_comes_first(tmp_path, operators):
    made, certificate, key = operators

    found = studio_identity(data_folder=tmp_path / "data", certificate_file=certificate, key_file=key, now=NOW)

    assert found.fingerprint == made.fingerprint
    assert not (tmp_path / "data").exists()
    without = studio_identity(data_folder=tmp_path / "data", certificate_file="", key_file="", now=NOW)
    assert without.fingerprint != made.fingerprint


@pytest.mark.parametrize(
    ("when", "wrong_key", "says"),
    [(NOW, True, "another certificate"), (NOW + timedelta(days=4000), False, "valid from"), (NOW, False, "")],
)
def test_a_certificate_that_cannot_be_used_is_refused(operators, when, wrong_key, says):
    made, _, _ = operators
    other = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )

    def use():
        return identity_of(made.certificates, other if wrong_key else made.key, now=when)

    if not says:
        assert use().fingerprint == made.fingerprint
        return
    with pytest.raises(Unavailable, match=says):
        use()


@pytest.mark.parametrize(("certificate", "key"), [("missing.pem", "missing.pem"), ("empty", "empty")])
def test_files_that_are_none_are_refused(tmp_path, certificate, key):
    (tmp_path / "empty").write_text("")

    with pytest.raises(Unavailable, match="cannot be read"):
        studio_identity(
            data_folder=tmp_path, certificate_file=str(tmp_path / certificate), key_file=str(tmp_path / key), now=NOW
        )
