"""One file that comes twice at once gets one card.

SQLite has one writer at a time. ``tests/webapp/test_postgresql.py`` runs this on PostgreSQL, beside its other tests.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection
from django.utils import timezone

from projects.actions import uploads
from projects.actions.uploads import Announced, begin_upload, continue_upload, process_upload
from projects.models import Asset, Upload
from tests.projects.actions.test_library import png

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer; run on PostgreSQL"),
]


def brought(owner) -> Upload:
    """A whole file that nobody has taken in yet."""
    data = png()
    upload = begin_upload(owner, Announced(size=len(data), filename="kite.png"))
    return continue_upload(owner, upload.pk, data, offset=0)


def test_two_who_take_the_same_file_in_at_once_make_one_card(store, ada, monkeypatch):
    # Its bytes lie there already, of a card that was put away: who writes them again would wait for the first writer.
    process_upload(brought(ada).pk)
    Asset.objects.update(deleted_at=timezone.now())
    arrived = [brought(ada) for _ in range(2)]
    both, kept = threading.Barrier(2), threading.Barrier(2)
    keep = uploads._keep

    def keep_together(*words):
        # Whoever is here first gives the other time to come; with the lock, they cannot both be here.
        with suppress(threading.BrokenBarrierError):
            kept.wait(1)
        return keep(*words)

    store_file = uploads._store
    monkeypatch.setattr(uploads, "_store", lambda clean: (store_file(clean), both.wait(60))[0])
    monkeypatch.setattr(uploads, "_keep", keep_together)

    def take_in(upload):
        try:
            return process_upload(upload.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(take_in, arrived)) == [True, True]

    (card,) = Asset.objects.filter(deleted_at=None)
    found = Upload.objects.filter(pk__in=[upload.pk for upload in arrived])
    assert set(found.values_list("status", "asset_id")) == {("ready", card.pk)}
