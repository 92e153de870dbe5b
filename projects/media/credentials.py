"""Content credentials (C2PA): a signed statement inside a file of where it comes from, and reading it back.

A file that was changed after it was signed says so when it is read; one whose statement was cut out says nothing, which
is what the field of :mod:`projects.media.provenance` is for.
"""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, BinaryIO

from c2pa import Builder, C2paError, C2paSignerInfo, Context, Reader, Signer

from generation.errors import StorageError
from projects.media.signing_identity import SigningIdentity

_SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_GENERATED = f"{_SOURCE_TYPES}trainedAlgorithmicMedia"
_COMPOSED = f"{_SOURCE_TYPES}compositeWithTrainedAlgorithmicMedia"
# Of the box that holds them in an MP4.
_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_PRODUCER = {"name": "Sceneloom", "version": "1"}


class Origin(StrEnum):
    """How a file came to be, and with it what its ingredients were to it."""

    # By the model; ingredients are what it started from.
    GENERATED = "generated"
    # From generated clips, one after the other or side by side.
    JOINED = "joined"
    # A piece of the one ingredient.
    TRIMMED = "trimmed"
    # Brought by a person, encoded anew; says nothing about how it was made.
    RECEIVED = "received"


_RELATIONS = {
    Origin.GENERATED: "inputTo", Origin.JOINED: "componentOf", Origin.TRIMMED: "parentOf", Origin.RECEIVED: "parentOf",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Ingredient:
    """A file that another was made of."""

    content_id: str
    title: str
    mime_type: str
    # Its bytes, read when needed; with credentials of its own, those are carried over.
    load: Callable[[], bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """What is said of a file."""

    content_id: str
    title: str
    origin: Origin
    ingredients: tuple[Ingredient, ...] = ()
    # The visible label was drawn into it.
    labelled: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    """What a file says of itself."""

    # ``Trusted``: by a signer who is known; ``Valid``: by one who is not; ``Invalid``: the file was changed since.
    state: str
    # What is wrong or unproven, as C2PA names it, such as ``assertion.bmffHash.mismatch``.
    problems: tuple[str, ...]
    title: str
    issuer: str
    actions: tuple[str, ...]
    # Content ids.
    ingredients: tuple[str, ...]


def seal(
    source: BinaryIO, target: BinaryIO, *, mime_type: str, statement: Statement, identity: SigningIdentity
) -> None:
    """Write a file again with its credentials; pictures and sound stay as they are.

    Args:
        source: The file, at any position.
        target: Empty, opened for reading and writing.
        mime_type: Of the file: ``video/mp4``, ``image/png``, ``image/jpeg`` or ``application/pdf``.
        statement: What to say.
        identity: Who says it.

    Raises:
        StorageError: If it cannot be signed or written.
    """
    source.seek(0)
    try:
        builder = Builder(_manifest(statement, mime_type), _context(identity))
        for one in statement.ingredients:
            said = {"title": one.title, "instance_id": one.content_id, "relationship": _RELATIONS[statement.origin]}
            builder.add_ingredient(said, one.mime_type, io.BytesIO(one.load()))
        # No time stamp: that would ask a server.
        info = C2paSignerInfo(
            alg=identity.algorithm.encode(), sign_cert=identity.certificates, private_key=identity.key, ta_url=None
        )
        with Signer.from_info(info) as signer:
            builder.sign(signer, mime_type, source, target)
    except C2paError as error:
        raise StorageError(f"the file could not be given its credentials: {error}") from error


def sealed(data: bytes, *, mime_type: str, statement: Statement, identity: SigningIdentity) -> bytes:
    """A small file with its credentials, in memory; see :func:`seal`."""
    target = io.BytesIO()
    seal(io.BytesIO(data), target, mime_type=mime_type, statement=statement, identity=identity)
    return target.getvalue()


def carries_credentials(movie: BinaryIO) -> bool:
    """Whether a movie has room for credentials, without checking them; False for what is no movie."""
    size, at = movie.seek(0, io.SEEK_END), 0
    while at + 24 <= size:
        movie.seek(at)
        head = movie.read(24)
        length = int.from_bytes(head[:4], "big")
        if head[4:8] == b"uuid" and head[8:24] == _BOX:
            return True
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        # Shorter than its own head: no box, so no movie.
        if length < 8:
            return False
        at += length
    return False


def read_credentials(data: bytes, *, mime_type: str, trusted: bytes = b"") -> Credentials | None:
    """What a file says of itself, checked against the file.

    Args:
        data: The file.
        mime_type: Of the file.
        trusted: Certificates in PEM whose word counts.

    Returns:
        The statement of whoever signed last; None if the file carries none.
    """
    context = Context.from_dict(_settings(trusted))
    reader = Reader.try_create(mime_type, io.BytesIO(data), context=context)
    if reader is None:
        return None
    with reader:
        found: dict[str, Any] = json.loads(reader.json())
    manifest = found["manifests"][found["active_manifest"]]
    assertions = {it["label"].split(".v")[0]: it["data"] for it in manifest["assertions"]}
    return Credentials(
        state=found["validation_state"],
        problems=tuple(it["code"] for it in found.get("validation_status", ())),
        title=manifest.get("title", ""),
        issuer=manifest["signature_info"].get("common_name", ""),
        actions=tuple(it["action"] for it in assertions["c2pa.actions"]["actions"]),
        ingredients=tuple(it["instance_id"] for it in manifest.get("ingredients", ())),
    )


def _context(identity: SigningIdentity) -> Context:
    return Context.from_dict(_settings(identity.certificates))


def _settings(trusted: bytes) -> dict[str, Any]:
    settings: dict[str, Any] = {
        # What is read back is read back by tests; here it would double the time.
        "verify": {"verify_after_sign": False, "verify_trust": True, "remote_manifest_fetch": False},
        "builder": {"thumbnail": {"enabled": False}},
    }
    if trusted:
        settings["trust"] = {"trust_anchors": trusted.decode()}
    return settings


def _manifest(statement: Statement, mime_type: str) -> dict[str, Any]:
    return {
        "claim_generator_info": [_PRODUCER],
        "title": statement.title or "Sceneloom",
        "format": mime_type,
        "instance_id": statement.content_id,
        "assertions": [{"label": "c2pa.actions", "data": {"actions": _actions(statement)}}],
    }


def _actions(statement: Statement) -> list[dict[str, Any]]:
    ids = [one.content_id for one in statement.ingredients]
    used = {"parameters": {"ingredientIds": ids}} if ids else {}
    agent = {"softwareAgent": _PRODUCER}
    found: list[dict[str, Any]] = []
    if statement.origin is Origin.GENERATED:
        found.append({"action": "c2pa.created", "digitalSourceType": _GENERATED, **agent, **used})
    elif statement.origin is Origin.JOINED:
        found.append({"action": "c2pa.created", "digitalSourceType": _COMPOSED, **agent})
        found += [{"action": "c2pa.placed", "parameters": {"ingredientIds": [one]}} for one in ids]
    else:
        found.append({"action": "c2pa.opened", **used})
        is_trimmed = statement.origin is Origin.TRIMMED
        found.append({"action": "c2pa.trimmed" if is_trimmed else "c2pa.transcoded", **agent})
    if statement.labelled:
        found.append({"action": "c2pa.edited", "description": "a visible label was drawn", **agent})
    return found
