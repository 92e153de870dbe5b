"""Copies of files as they leave the studio: made when first asked for, kept beside the original."""

import hashlib
import json
from functools import cache
from pathlib import Path

from django.conf import settings

from generation.errors import GenerationError
from generation.media.recipe import read_tags
from projects.artifact_store import artifacts
from projects.errors import NotFound, Unavailable
from projects.media.credentials import Ingredient, Origin, Statement, carries_credentials, sealed
from projects.media.provenance import FIELD
from projects.media.sealed_files import MOVIE, opened, store_sealed
from projects.media.signing_identity import SigningIdentity, studio_identity
from projects.models import Asset, Rendition, Take

# Of the name of the row: so many digits say which statement by whom the copy carries.
_NAME_DIGITS = 11


@cache
def _identity(data_folder: Path, certificate_file: str, key_file: str) -> SigningIdentity:
    return studio_identity(data_folder=data_folder, certificate_file=certificate_file, key_file=key_file)


def identity() -> SigningIdentity:
    """Who signs here; made or read once per process.

    Raises:
        Unavailable: If the operator's certificate cannot be used.
    """
    return _identity(settings.DATA_FOLDER, settings.CERTIFICATE_FILE, settings.CERTIFICATE_KEY_FILE)


def download_of(asset: Asset) -> str:
    """The copy of an asset's file that may leave, with its credentials and, where the operator wants it, its label.

    Returns:
        Its key, which ends with the hash of its content; the asset's own key if its file was sealed when it was made.

    Raises:
        NotFound: If the file is gone.
        Unavailable: If the copy cannot be made now.
    """
    store = artifacts()
    if not store.exists(asset.blob.key):
        raise NotFound("the file is gone", code="missing_media")
    with opened(store, asset.blob.key) as file:
        if carries_credentials(file):
            return asset.blob.key
    statement, who = statement_of(asset), identity()
    said = json.dumps(
        [statement.origin, statement.title, statement.labelled, [it.content_id for it in statement.ingredients],
         who.fingerprint],
    )  # fmt: skip
    name = f"download-{hashlib.sha256(said.encode()).hexdigest()[:_NAME_DIGITS]}"
    known = Rendition.objects.filter(asset=asset, name=name).first()
    if known is not None:
        return known.key
    try:
        made = store_sealed(store, asset.blob.key, mime_type=asset.blob.mime_type, statement=statement, identity=who)
    except GenerationError as error:
        raise Unavailable(f"the copy cannot be made now: {error}") from error
    row, is_ours = Rendition.objects.get_or_create(
        asset=asset,
        name=name,
        defaults={"key": made.key, "mime_type": asset.blob.mime_type, "width": asset.width, "height": asset.height},
    )
    if not is_ours and row.key != made.key:
        store.delete(made.key)
    return row.key


def statement_of(asset: Asset) -> Statement:
    """What is to be said of an asset's file."""
    take = Take.objects.select_related("parent_take__asset__blob", "source_asset__blob").filter(asset=asset).first()
    if take is None and not _says_generated(asset):
        own = Ingredient(
            content_id=_content_id(asset), title=asset.title, mime_type=asset.blob.mime_type,
            load=lambda: artifacts().get(asset.blob.key),
        )  # fmt: skip
        return Statement(content_id=_content_id(asset), title=asset.title, origin=Origin.RECEIVED, ingredients=(own,))
    if take is not None:
        begun = (take.parent_take.asset if take.parent_take else None) or take.source_asset
        origin = Origin.GENERATED
    else:
        begun = asset.derived_from
        origin = Origin.TRIMMED if begun else Origin.GENERATED
    return Statement(
        content_id=f"urn:uuid:{take.pk}" if take else _content_id(asset),
        title=asset.title,
        origin=origin,
        ingredients=(ingredient_of(begun),) if begun else (),
        labelled=settings.VISIBLE_LABEL,
    )


def ingredient_of(asset: Asset) -> Ingredient:
    """An asset as a part of another file, with what can be said of itself, but not of what it was made of in turn."""
    generated = Take.objects.filter(asset=asset).exists() or _says_generated(asset)
    said = Statement(
        content_id=_content_id(asset), title=asset.title, origin=Origin.GENERATED if generated else Origin.RECEIVED
    )

    def load() -> bytes:
        data = artifacts().get(asset.blob.key)
        if not generated:
            return data
        return sealed(data, mime_type=asset.blob.mime_type, statement=said, identity=identity())

    return Ingredient(content_id=_content_id(asset), title=asset.title, mime_type=asset.blob.mime_type, load=load)


def _content_id(asset: Asset) -> str:
    return f"urn:uuid:{asset.pk}"


def _says_generated(asset: Asset) -> bool:
    if asset.blob.mime_type != MOVIE:
        return False
    store = artifacts()
    return FIELD in read_tags(store.path_of(asset.blob.key) or store.get(asset.blob.key))
