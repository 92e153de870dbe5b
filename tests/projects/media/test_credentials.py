"""Content credentials: written, read back, and broken by every change."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from generation.errors import StorageError
from generation.media.fragments import encode_fragment
from generation.media.movie import finish_movie
from generation.media.recipe import read_tags
from generation.media.video import read_all
from projects.media.credentials import (
    Ingredient,
    Origin,
    Statement,
    carries_credentials,
    read_credentials,
    seal,
    sealed,
)
from projects.media.provenance import FIELD, provenance_tags
from projects.media.signing_identity import studio_identity

MP4 = "video/mp4"


@pytest.fixture(scope="module")
def identity(tmp_path_factory):
    return studio_identity(data_folder=tmp_path_factory.mktemp("data"), certificate_file="", key_file="")


@pytest.fixture(scope="module")
def movie():
    frames = np.random.default_rng(3).integers(0, 255, (24, 32, 48, 3)).astype(np.uint8)
    one = encode_fragment(frames)
    return finish_movie(one.init, [one.media], provenance_tags(content_id="take-1"))


def said(origin=Origin.GENERATED, **values):
    return Statement(**{"content_id": "urn:uuid:1", "title": "Kites 海", "origin": origin, **values})


def test_a_movie_says_that_a_machine_made_it_and_who_signed(movie, identity):
    out = sealed(movie, mime_type=MP4, statement=said(), identity=identity)

    found = read_credentials(out, mime_type=MP4, trusted=identity.certificates)
    assert (found.state, found.problems) == ("Trusted", ())
    assert (found.title, found.actions, found.ingredients) == ("Kites 海", ("c2pa.created",), ())
    assert found.issuer == "Sceneloom, this studio"
    # Whoever does not know the studio sees that nothing was changed, and that they do not know it.
    stranger = read_credentials(out, mime_type=MP4)
    assert (stranger.state, stranger.problems) == ("Valid", ("signingCredential.untrusted",))


def test_pictures_and_tags_stay_as_they_are(movie, identity):
    out = sealed(movie, mime_type=MP4, statement=said(), identity=identity)

    assert np.array_equal(read_all(out), read_all(movie))
    assert json.loads(read_tags(out)[FIELD])["ProduceID"] == "take-1"
    # It still begins to play before it is loaded whole.
    assert out.index(b"moov") < out.index(b"mdat")


@pytest.mark.parametrize(("box", "after"), [(b"moov", 60), (b"stts", 8), (b"AIGC", 0), (b"mdat", 9), (b"mdat", -1)])
def test_a_byte_that_is_changed_is_seen(movie, identity, box, after):
    out = bytearray(sealed(movie, mime_type=MP4, statement=said(), identity=identity))
    out[out.index(box) + after if after >= 0 else after] ^= 1

    assert read_credentials(bytes(out), mime_type=MP4, trusted=identity.certificates).state == "Invalid"


def test_a_statement_that_is_changed_is_seen(movie, identity):
    out = sealed(movie, mime_type=MP4, statement=said(title="Kites over the sea"), identity=identity)
    forged = out.replace(b"Kites over the sea", b"Birds over the sea")

    assert forged != out
    assert read_credentials(forged, mime_type=MP4, trusted=identity.certificates).state == "Invalid"


def test_credentials_of_another_file_do_not_fit(movie, identity):
    other = finish_movie(*_fragments(np.zeros((24, 32, 48, 3), np.uint8)), {})
    out = sealed(movie, mime_type=MP4, statement=said(), identity=identity)
    box = out.index(b"uuid") - 4
    stolen = out[box : box + int.from_bytes(out[box : box + 4], "big")]
    ftyp = int.from_bytes(other[:4], "big")

    found = read_credentials(other[:ftyp] + stolen + other[ftyp:], mime_type=MP4, trusted=identity.certificates)

    assert found.state == "Invalid"


def _fragments(frames):
    one = encode_fragment(frames)
    return one.init, [one.media]


def test_a_file_whose_credentials_were_cut_out_has_none_and_keeps_its_field(movie):
    assert read_credentials(movie, mime_type=MP4) is None
    assert FIELD in read_tags(movie)


def test_a_joined_film_names_everything_in_it(movie, identity):
    one = sealed(movie, mime_type=MP4, statement=said(content_id="urn:uuid:take-1"), identity=identity)
    ingredients = (
        Ingredient(content_id="urn:uuid:take-1", title="One", mime_type=MP4, load=lambda: one),
        Ingredient(content_id="urn:uuid:take-2", title="Two", mime_type=MP4, load=lambda: movie),
    )

    out = sealed(movie, mime_type=MP4, statement=said(Origin.JOINED, ingredients=ingredients), identity=identity)

    found = read_credentials(out, mime_type=MP4, trusted=identity.certificates)
    assert (found.state, found.ingredients) == ("Trusted", ("urn:uuid:take-1", "urn:uuid:take-2"))
    assert found.actions == ("c2pa.created", "c2pa.placed", "c2pa.placed")


@pytest.mark.parametrize(
    ("origin", "actions"),
    [
        (Origin.TRIMMED, ("c2pa.opened", "c2pa.trimmed")),
        (Origin.RECEIVED, ("c2pa.opened", "c2pa.transcoded")),
        (Origin.GENERATED, ("c2pa.created",)),
    ],
)
def test_each_origin_has_its_history(movie, identity, origin, actions):
    begun = Ingredient(content_id="urn:uuid:0", title="Before", mime_type=MP4, load=lambda: movie)

    out = sealed(movie, mime_type=MP4, statement=said(origin, ingredients=(begun,)), identity=identity)

    found = read_credentials(out, mime_type=MP4, trusted=identity.certificates)
    assert (found.state, found.actions, found.ingredients) == ("Trusted", actions, ("urn:uuid:0",))


def test_a_label_that_was_drawn_is_said(movie, identity):
    out = sealed(movie, mime_type=MP4, statement=said(labelled=True), identity=identity)

    assert read_credentials(out, mime_type=MP4).actions == ("c2pa.created", "c2pa.edited")


@pytest.mark.parametrize(("kind", "mime_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg")])
def test_pictures_carry_them_too(identity, kind, mime_type):
    file = io.BytesIO()
    Image.new("RGB", (40, 30), (9, 90, 200)).save(file, kind)

    out = bytearray(sealed(file.getvalue(), mime_type=mime_type, statement=said(), identity=identity))

    assert read_credentials(bytes(out), mime_type=mime_type, trusted=identity.certificates).state == "Trusted"
    assert Image.open(io.BytesIO(out)).size == (40, 30)
    out[-20] ^= 1
    assert read_credentials(bytes(out), mime_type=mime_type, trusted=identity.certificates).state == "Invalid"


def test_whether_a_movie_is_sealed_is_seen_without_checking_it(movie, identity):
    assert not carries_credentials(io.BytesIO(movie))
    assert carries_credentials(io.BytesIO(sealed(movie, mime_type=MP4, statement=said(), identity=identity)))
    for nothing in (b"", b"\0" * 100, b"\x89PNG\r\n\x1a\n" + b"x" * 90):
        assert not carries_credentials(io.BytesIO(nothing))


def test_what_cannot_be_signed_is_a_storage_error(identity):
    with pytest.raises(StorageError, match="credentials"):
        seal(io.BytesIO(b"no movie"), io.BytesIO(), mime_type=MP4, statement=said(), identity=identity)
