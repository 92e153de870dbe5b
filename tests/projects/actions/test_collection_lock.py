"""A file that gets its row while it is collected: one of the two waits for the other, and then sees what was done.

SQLite has one writer at a time. ``tests/webapp/test_postgresql.py`` runs these on PostgreSQL, beside its other tests.
"""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from generation.errors import StorageError
from projects.actions import collection
from projects.actions.collection import collect
from projects.actions.take_files import keep_blob
from projects.media.take_movie import blob_key
from projects.models import Blob

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer; run on PostgreSQL"),
]
SHA = "ab" * 32
# Long enough for the other to run into the lock, were it not there.
A_WHILE = 0.5


def hang_up() -> None:
    """Close the connection of the thread that calls."""
    connection.close()


@pytest.fixture
def beside():
    """A thread with a connection of its own."""
    with ThreadPoolExecutor(1) as threads:
        yield threads
        threads.submit(hang_up).result()


def old_file(store) -> str:
    store.put(blob_key(SHA), b"x")
    return blob_key(SHA)


def give_row(key: str) -> None:
    with transaction.atomic():
        keep_blob(SHA, key, "image/png", 1)


def waits(future: Future) -> bool:
    """Whether it is still at it after a while."""
    try:
        future.result(A_WHILE)
    except TimeoutError:
        return True
    return False


def test_who_gives_a_file_its_row_while_it_is_collected_is_told_that_it_is_gone(store, beside, monkeypatch):
    key = old_file(store)
    looked, go = threading.Event(), threading.Event()
    really = collection.named

    def named(keys):
        found = really(keys)
        looked.set()
        assert go.wait(20)
        return found

    monkeypatch.setattr(collection, "named", named)
    collecting = beside.submit(collect, [(key, 0.0)])
    assert looked.wait(20)
    with ThreadPoolExecutor(1) as another:
        keeping = another.submit(give_row, key)
        assert waits(keeping)
        go.set()

        assert collecting.result(20) == 1
        with pytest.raises(StorageError, match="collected"):
            keeping.result(20)
        another.submit(hang_up).result()
    assert not store.exists(key)
    assert not Blob.objects.exists()


def test_the_collector_waits_for_who_gives_a_file_its_row_and_leaves_it(store, beside):
    key = old_file(store)
    with transaction.atomic():
        keep_blob(SHA, key, "image/png", 1)
        collecting = beside.submit(collect, [(key, 0.0)])
        assert waits(collecting)

    assert collecting.result(20) == 0
    assert store.exists(key)
    assert Blob.objects.get().key == key
