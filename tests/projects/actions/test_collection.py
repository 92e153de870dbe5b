"""What nobody needs is collected; what a live row names is not, whatever its age."""

import os
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from generation.errors import StorageError
from projects.actions import collection
from projects.actions.collection import Collector
from projects.actions.take_files import keep_blob
from projects.media.take_movie import blob_key
from projects.models import Asset, Blob, Chunk, Take
from tests.support.invariants import check
from tests.support.studio import ask, picture_of, shot_in

pytestmark = pytest.mark.django_db
OLD = timedelta(days=2)


def keys(store):
    return {key for folder in collection.FOLDERS for key, _ in store.stored(folder)}


def put(store, key, data=b"x", *, old=True):
    store.put(key, data)
    if old:
        age(store, key)
    return key


def age(store, *aged):
    then = time.time() - OLD.total_seconds()
    for key in aged or keys(store):
        os.utime(store.path_of(key), (then, then))


def a_walk(collector=None):
    walker = collector or Collector()
    walker.collect_some()
    while walker.folder or walker.after:
        walker.collect_some()
    return walker


@pytest.fixture
def ended(studio, ada, project):
    (take,) = ask(ada, shot_in(project))
    studio.until_quiet()
    take.refresh_from_db()
    return take


def test_states_of_a_take_that_is_over_are_collected_and_it_can_still_be_continued(studio, store, ada, project, ended):
    states = {key for key in keys(store) if "state_" in key or "texts" in key}
    before = keys(store)
    assert states
    a_walk()
    assert keys(store) == before, "a worker may still write for a while"

    Take.objects.update(finished_at=timezone.now() - OLD)
    a_walk()

    assert before - keys(store) == states
    check()
    (further,) = ask(ada, shot_in(project), from_take_id=ended.pk, from_frames=30)
    studio.until_quiet()
    further.refresh_from_db()
    assert further.status == "succeeded"


def test_nothing_of_a_take_that_is_being_made_is_touched(studio, store, ada, project):
    ask(ada, shot_in(project, duration_s=3))
    while not Chunk.objects.exists():
        studio.round()
        studio.deliver()
    age(store)
    before = keys(store)
    assert any("state_001" in key for key in before)

    a_walk()

    assert keys(store) == before
    studio.until_quiet()
    check()


def test_files_without_a_row_are_collected_once_they_are_old(store, ada):
    picture_of(ada)
    age(store)
    kept = keys(store)
    orphans = {
        put(store, blob_key("ab" * 32)), put(store, "pictures/ab/cd/poster-160.webp"),
        put(store, f"takes/{ada.pk}/3/state_001.safetensors"), put(store, "takes/odd"),
    }  # fmt: skip
    young = put(store, blob_key("cd" * 32), old=False)

    a_walk()

    assert keys(store) == kept | {young}
    assert not orphans & keys(store)


def test_a_clip_long_in_the_bin_goes_with_its_bytes_unless_something_shows_it(store, ada, project):
    asset = picture_of(ada)
    shown = shot_in(project, asset=asset)
    Asset.objects.update(deleted_at=timezone.now() - timedelta(days=31))
    Blob.objects.update(created_at=timezone.now() - OLD)
    age(store)
    a_walk()
    assert Asset.objects.count() == Blob.objects.count() == 1

    shown.delete()
    a_walk()

    assert not Asset.objects.exists()
    assert not Blob.objects.exists()
    assert not [key for key in keys(store) if key.startswith("blobs/")]


def test_the_store_is_walked_a_little_at_a_time_and_left_alone_after(store, ada, monkeypatch):
    monkeypatch.setattr(collection, "MOST_LOOKED_AT", 2)
    for number in range(7):
        put(store, f"pictures/{number}/x")
    collector = Collector()

    deleted = [collector.collect_some() for _ in range(12)]

    # Blobs and takes are empty; pictures come two at a time, and nothing unfinished is in their nine folders.
    assert deleted == [0, 2, 2, 2, 1, *[0] * 7]
    assert collector.rests_until > time.monotonic()


def test_a_file_that_is_collected_before_its_row_is_noticed(store):
    key = put(store, blob_key("ab" * 32))
    a_walk()

    with pytest.raises(StorageError, match="collected"):
        keep_blob("ab" * 32, key, "image/png", 1)


def test_a_file_that_cannot_be_deleted_is_left(store, monkeypatch):
    put(store, "pictures/1/x")

    def refuse(_key):
        raise StorageError("read-only")

    monkeypatch.setattr(store, "delete", refuse)
    assert Collector(folder=1).collect_some() == 0


def test_unfinished_files_are_collected_once_they_are_old(store, settings, tmp_path):
    name = "." + "0123456789abcdef" * 2 + ".partial"
    places = [store.path_of("blobs/aa/x").parent, store.path_of("sealed/x").parent, tmp_path / "uploads"]
    for place in places:
        place.mkdir(parents=True)
        for one in (name, "." + "f" * 32 + ".partial", ".hidden", ".x.partial"):
            (place / one).write_bytes(b"x")
            if one != "." + "f" * 32 + ".partial":
                then = time.time() - OLD.total_seconds()
                os.utime(place / one, (then, then))
    a_walk()

    for place in places:
        # What somebody may still be writing, and what is named otherwise, stays.
        assert sorted(path.name for path in place.iterdir() if path.is_file()) == sorted(
            ["." + "f" * 32 + ".partial", ".hidden", ".x.partial"]
        ), place


def test_many_folders_are_looked_through_a_few_at_a_time(store, monkeypatch):
    monkeypatch.setattr(collection, "MOST_LOOKED_AT", 2)
    for number in range(5):
        folder = store.path_of(f"takes/{number}/x").parent
        folder.mkdir(parents=True)
        partial = folder / ("." + "0" * 32 + ".partial")
        partial.write_bytes(b"x")
        os.utime(partial, (0, 0))

    walker = Collector(folder=len(collection.FOLDERS))
    deleted = [walker.collect_some() for _ in range(6)]

    assert sum(deleted) == 5
    assert max(deleted) <= 2
    assert walker.folder == 0
