"""Collecting what nobody needs: states of takes that are over, files that no row names or nobody finished, old rows.

A little at a time: the store is walked from one end to the other, some keys in each round, and then left alone for an
hour. What a live row names is never touched, nor what is so young that its row may still be on its way.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import chain, islice
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from generation.errors import StorageError
from projects.actions.clock import database_now
from projects.actions.take_changes import FINAL
from projects.artifact_store import artifacts
from projects.media.partial_files import forget_partials
from projects.models import Asset, Blob, Chunk, Export, FilmItem, Node, Rendition, Take

logger = logging.getLogger(__name__)

# Where rows' files lie.
FOLDERS = ("blobs", "pictures", "takes")
# A row may follow its file by as long as a film takes to render.
FILE_GRACE = timedelta(hours=24)
# A worker that was fenced off may still write for a while.
TAKE_GRACE = timedelta(hours=1)
BIN_KEPT = timedelta(days=30)
REST_SECONDS = 3600.0
MOST_LOOKED_AT = 200


class Collector:
    """One walk after another through the store; owned by a dispatcher, lost with it and begun anew."""

    def __init__(self, *, folder: int = 0) -> None:
        self.folder = folder
        self.after = ""
        self.rests_until = float("-inf")
        self.files = 0
        # Of unfinished files, once all keys were looked at.
        self._partials: Iterator[int] | None = None

    def collect_some(self) -> int:
        """The next few keys of the walk; how many files were deleted.

        Raises:
            StorageError: If the store cannot be looked into.
        """
        if time.monotonic() < self.rests_until:
            return 0
        if not self.folder and not self.after:
            forget_states()
            forget_bin()
        if self.folder == len(FOLDERS):
            return self._collect_partials()
        deleted = 0
        found = list(islice(artifacts().stored(FOLDERS[self.folder], after=self.after), MOST_LOOKED_AT))
        if found:
            deleted = collect(found)
            self.after = found[-1][0]
            self.files += deleted
        if len(found) < MOST_LOOKED_AT:
            self.folder, self.after = self.folder + 1, ""
        return deleted

    def _collect_partials(self) -> int:
        """The last part of a walk: what no key leads to."""
        if self._partials is None:
            self._partials = _old_partials()
        counts = list(islice(self._partials, MOST_LOOKED_AT))
        self.files += sum(counts)
        if len(counts) < MOST_LOOKED_AT:
            if self.files:
                logger.info("collected %d files that nothing names", self.files)
            self.folder, self.files, self._partials = 0, 0, None
            self.rests_until = time.monotonic() + REST_SECONDS
        return sum(counts)


def _old_partials() -> Iterator[int]:
    """Unfinished files of the store, where that is a folder, and of uploads."""
    before = (database_now() - FILE_GRACE).timestamp()
    inside = artifacts().path_of(FOLDERS[0])
    roots = [settings.DATA_FOLDER / "uploads", *([] if inside is None else [inside.parent])]
    return chain.from_iterable(forget_partials(root, written_before=before) for root in roots)


def collect(found: Iterable[tuple[str, float]]) -> int:
    """Delete those files that are old enough and that no row names; how many there were.

    Args:
        found: Keys, and when each was written (Unix time).
    """
    now = database_now()
    written_before = (now - FILE_GRACE).timestamp()
    ages = dict(found)
    over = _takes_over(ages)
    candidates = {key for key, written in ages.items() if over.get(_take_of(key), written < written_before)}
    if not candidates:
        return 0
    with transaction.atomic():
        _hold_blobs()
        orphans = candidates - named(candidates)
        return sum(_delete(key) for key in sorted(orphans))


def _hold_blobs() -> None:
    """Whoever gives a file its row waits, and then sees what is gone (``keep_blob``); or has done so, and is seen."""
    # SQLite has one writer, which is this transaction.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE projects_blob IN EXCLUSIVE MODE")


def named(keys: set[str]) -> set[str]:
    """Those of the keys that rows name which may still be used."""
    kept: set[str] = set()
    for model, fields in (
        (Chunk, ("latents_key", "context_key", "init_key", "fragment_key", "poster_key")),
        (Blob, ("key",)),
        (Rendition, ("key",)),
    ):
        for field in fields:
            kept.update(model.objects.filter(**{f"{field}__in": keys}).values_list(field, flat=True))
    moving = Take.objects.exclude(status__in=FINAL)
    for texts in moving.values_list("spec", "state_key", "texts_key", "context_key"):
        kept.update(keys.intersection(_texts_in(texts)))
    for sidecars in Export.objects.exclude(sidecars={}).values_list("sidecars", flat=True):
        kept.update(keys.intersection(_texts_in(sidecars)))
    return kept


def forget_states() -> int:
    """Takes that are over need no state any more; their seconds and files stay. How many forgot theirs."""
    over = Take.objects.filter(status__in=FINAL, finished_at__lt=database_now() - TAKE_GRACE)
    holding = over.filter(~Q(state_key="") | ~Q(texts_key="") | ~Q(context_key=""))
    return holding.update(state_key="", texts_key="", context_key="")


def forget_bin() -> int:
    """Library files that were put into the bin long ago and that nothing shows; and bytes that no file has."""
    now = database_now()
    unused = (
        Asset.objects.filter(deleted_at__lt=now - BIN_KEPT, take=None)
        .exclude(Exists(Node.objects.filter(asset=OuterRef("pk"))))
        .exclude(Exists(FilmItem.objects.filter(asset=OuterRef("pk"))))
        .exclude(Exists(Export.objects.filter(asset=OuterRef("pk"))))
        .exclude(Exists(Take.objects.filter(source_asset=OuterRef("pk")).exclude(status__in=FINAL)))
    )
    with transaction.atomic():
        forgotten, _ = Asset.objects.filter(pk__in=list(unused.values_list("pk", flat=True)[:MOST_LOOKED_AT])).delete()
        alone = Blob.objects.filter(assets=None, created_at__lt=now - FILE_GRACE)
        Blob.objects.filter(pk__in=list(alone.values_list("pk", flat=True)[:MOST_LOOKED_AT])).delete()
    return forgotten


def _takes_over(keys: Iterable[str]) -> dict[str, bool]:
    """Whether takes whose folders these keys lie in ended long enough ago; those without a row are not named."""
    ids = [UUID(take) for take in {_take_of(key) for key in keys} if take]
    long_ago = database_now() - TAKE_GRACE
    rows = Take.objects.filter(pk__in=ids).values_list("pk", "status", "finished_at")
    return {str(pk): status in FINAL and ended is not None and ended < long_ago for pk, status, ended in rows}


def _take_of(key: str) -> str:
    """The take in whose folder a key lies; empty for others."""
    names = key.split("/")
    if names[0] != "takes" or len(names) < 3:
        return ""
    try:
        return str(UUID(names[1]))
    except ValueError:
        return ""


def _texts_in(plain: object) -> set[str]:
    """Every text in plain values, however deep."""
    if isinstance(plain, str):
        return {plain}
    if isinstance(plain, dict):
        return _texts_in(list(plain.values()))
    if isinstance(plain, list | tuple):
        return set().union(*map(_texts_in, plain))
    return set()


def _delete(key: str) -> bool:
    try:
        artifacts().delete(key)
    except StorageError as error:
        logger.warning("%s cannot be collected: %s", key, error)
        return False
    return True
