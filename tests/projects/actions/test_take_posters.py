"""The moment that a poster shows: chosen, made by a worker, undone, and told."""

import uuid

import numpy as np
import pytest

from generation.media.images import load_image
from generation.media.posters import poster_webp
from projects.actions.collection import collect
from projects.actions.operations import apply_operations
from projects.actions.projects import duplicate_project
from projects.actions.take_marks import set_marks, shown_mark
from projects.actions.take_posters import due_posters, make_posters
from projects.actions.take_wishes import mark
from projects.artifact_store import artifacts
from projects.errors import Conflict, Invalid, NotAllowed
from projects.media.frames import frame_of
from projects.models import Asset, Event, Membership, Take
from projects.shapes.assets import asset_shape, with_cards
from projects.shapes.takes import one_take_shape
from tests.support.invariants import check_files
from tests.support.project_files import file_of, taken_in
from tests.support.studio import ask, person, picture_of, shot_in

pytestmark = pytest.mark.django_db
FRAME_S = 1 / 24


@pytest.fixture
def take(studio, ada, project):
    """A take of two seconds, finished."""
    (take,) = ask(ada, shot_in(project, duration_s=2))
    studio.until_quiet()
    take.refresh_from_db()
    return take


@pytest.fixture
def known(store, ada, project):
    """A row of such a take, without its files."""
    clip = Asset.objects.create(owner=ada, kind="clip", blob=picture_of(ada).blob, frames=48, width=96, height=64)
    return Take.objects.create(
        shot=shot_in(project), project=project, requested_by=ada, ordinal=1, duration_s=2, seed=1, asset=clip,
        status="succeeded",
    )  # fmt: skip


def posters_of(take) -> dict[str, bytes]:
    return {it.name: artifacts().get(it.key) for it in take.asset.renditions.filter(name__startswith="poster")}


def expected(take, frame: int) -> dict[str, bytes]:
    """The slow way: the whole film decoded, one frame of it."""
    picture = frame_of(artifacts().get(take.asset.blob.key), frame)
    return {f"poster-{width}": poster_webp(picture, width) for width in (160, 320, 640)}


def test_a_worker_makes_exactly_that_frame_in_three_widths(take, studio, ada):
    before = one_take_shape(take.pk)["poster_urls"]
    assert posters_of(take) == expected(take, 0)
    for frame in (1, 23, 24, 47):
        mark(ada, take.pk, {"poster_at_s": frame * FRAME_S})
        assert one_take_shape(take.pk)["poster_urls"] == before
        studio.until_quiet()

        assert posters_of(take) == expected(take, frame)
        shown = one_take_shape(take.pk)
        assert shown["poster_at_s"] == pytest.approx(frame * FRAME_S)
        assert not set(shown["poster_urls"].values()) & set(before.values())
        assert due_posters() == {}
        before = shown["poster_urls"]
    check_files(artifacts())


@pytest.mark.parametrize(
    ("at_s", "frame"), [(0.0, 0), (FRAME_S, 1), (0.041, 1), (0.0417, 1), (0.06, 1), (1, 24), (1.958, 47), (1.99, 47)]
)
def test_a_moment_is_the_frame_that_stands_there(known, ada, at_s, frame):
    assert mark(ada, known.pk, {"poster_at_s": at_s}).poster_frame == frame


@pytest.mark.parametrize("at_s", [-0.1, 2, 1e9, float("nan"), float("inf"), True, "1", [1]])
def test_a_moment_that_there_is_not_is_refused_by_name(known, at_s):
    with pytest.raises(Invalid) as caught:
        set_marks(known, {"poster_at_s": at_s})

    assert [(it.path, it.code) for it in caught.value.fields] == [("poster_at_s", "out_of_range")]
    assert shown_mark(Take.objects.get(pk=known.pk), "poster_at_s") is None


def test_only_a_finished_take_and_only_by_who_may_edit(studio, ada, project, take):
    (waiting,) = ask(ada, shot_in(project))
    with pytest.raises(Conflict) as caught:
        mark(ada, waiting.pk, {"poster_at_s": 0})
    assert caught.value.code == "not_ready"
    Membership.objects.create(project=project, user=person("eve"), role="viewer")
    with pytest.raises(NotAllowed):
        mark(Membership.objects.get().user, take.pk, {"poster_at_s": 1})


def test_null_shows_the_first_frame_again_at_its_old_address(take, studio, ada):
    before = one_take_shape(take.pk)["poster_urls"]
    mark(ada, take.pk, {"poster_at_s": 1})
    studio.until_quiet()
    mark(ada, take.pk, {"poster_at_s": None})
    studio.until_quiet()

    shown = one_take_shape(take.pk)
    assert (shown["poster_at_s"], shown["poster_urls"]) == (None, before)
    assert posters_of(take) == expected(take, 0)


def test_it_is_an_edit_that_can_be_undone_and_clashes_like_others(take, studio, ada, project):
    def edit(before, after):
        body = {"id": str(uuid.uuid4()), "type": "take.update", "take_id": str(take.pk)}
        return apply_operations(
            ada, project.pk, [{**body, "before": {"poster_at_s": before}, "after": {"poster_at_s": after}}],
            client_id="a tab",
        )  # fmt: skip

    assert edit(None, 1.5).clashes == []
    assert edit(None, 0.5).clashes[0].theirs == 1.5
    assert edit(1.5, None).clashes == []
    studio.until_quiet()
    assert posters_of(take) == expected(take, 0)
    with pytest.raises(Invalid):
        edit(None, "soon")


def test_marks_by_edit_reach_the_library_too(take, ada, project):
    body = {"id": str(uuid.uuid4()), "type": "take.update", "take_id": str(take.pk)}
    after = {"starred": True, "tags": ["warm"]}
    apply_operations(
        ada, project.pk, [{**body, "before": {"starred": False, "tags": []}, "after": after}], client_id="a tab"
    )

    card = Asset.objects.get(take=take)
    assert (card.starred, card.tags) == (True, ["warm"])
    for wrong in ({"tags": [1]}, {"tags": ["x" * 61]}, {"tags": ["\0"]}, {"starred": "no"}, {"seed": 1}):
        edit = {**body, "id": str(uuid.uuid4()), "before": after, "after": wrong}
        with pytest.raises(Invalid):
            apply_operations(ada, project.pk, [edit], client_id="a tab")


def test_other_devices_hear_of_the_choice_and_of_the_pictures(take, studio, ada, project):
    seen = Event.objects.count()
    mark(ada, take.pk, {"poster_at_s": 1})
    studio.until_quiet()

    told = [(it.type, it.entity_id) for it in Event.objects.order_by("id")[seen:]]
    assert told == [("take.updated", str(take.pk))] * 2


def test_the_library_and_other_cards_get_a_new_address(take, studio, ada):
    def addresses():
        return asset_shape(with_cards().get(pk=take.asset_id))["poster_urls"]

    before = addresses()
    mark(ada, take.pk, {"poster_at_s": 1})
    studio.until_quiet()

    assert not set(addresses().values()) & set(before.values())


def test_a_choice_that_changed_while_it_was_made_wins(take, studio, ada, monkeypatch):
    mark(ada, take.pk, {"poster_at_s": 1})
    whole = frame_of

    def slowly(movie, number):
        monkeypatch.undo()
        mark(ada, take.pk, {"poster_at_s": 0.5})
        return whole(movie, number)

    monkeypatch.setattr("projects.actions.take_posters.frame_of", slowly)
    first = due_posters()
    make_posters(take.pk)

    take.refresh_from_db()
    assert posters_of(take) == expected(take, 0)
    # Under another name, so that it is asked for at once.
    assert not set(due_posters()) & set(first)
    make_posters(take.pk)
    assert posters_of(take) == expected(take, 12)


def test_pictures_that_are_not_shown_any_more_are_collected_and_no_others(take, studio, ada):
    for at_s in (1, 0.5):
        mark(ada, take.pk, {"poster_at_s": at_s})
        studio.until_quiet()
    kept = {it.key for it in take.asset.renditions.all()}
    stored = {key for key, _ in artifacts().stored("pictures/posters")}
    assert len(stored) == 6

    collect((key, 0.0) for key in stored)

    assert {key for key, _ in artifacts().stored("pictures/posters")} == stored & kept
    assert len(stored & kept) == 3


def test_a_frame_that_cannot_be_had_is_chosen_no_more(take, ada):
    store = artifacts()
    for chunk in take.chunks.all():
        store.delete(chunk.fragment_key)
    store.put(take.asset.blob.key, b"no film")
    before = posters_of(take)
    mark(ada, take.pk, {"poster_at_s": 1})

    assert make_posters(take.pk)

    take.refresh_from_db()
    assert (take.poster_frame, take.poster_due, posters_of(take)) == (None, False, before)
    store.delete(take.asset.blob.key)
    mark(ada, take.pk, {"poster_at_s": 1})
    assert make_posters(take.pk)
    assert due_posters() == {}


def test_a_full_disk_is_waited_for(take, ada, monkeypatch):
    from generation.errors import StorageError

    def full(*_args, **_kwargs):
        raise StorageError("the disk is full")

    mark(ada, take.pk, {"poster_at_s": 1})
    monkeypatch.setattr("projects.actions.take_posters.store_posters", full)

    assert not make_posters(take.pk)
    assert len(due_posters()) == 1


def test_a_copy_and_a_file_of_the_project_keep_the_choice(take, studio, ada, project):
    mark(ada, take.pk, {"poster_at_s": 1})
    studio.until_quiet()
    copy = Take.objects.get(project=duplicate_project(ada, project.pk))
    brought = Take.objects.get(project=taken_in(person("eve"), file_of(ada, project)).project)
    assert (brought.poster_frame, brought.poster_due) == (24, True)
    studio.until_quiet()

    for each in (copy, brought):
        each.refresh_from_db()
        assert (each.poster_frame, each.poster_due) == (24, False)
        assert posters_of(each) == expected(take, 24)
    assert np.array_equal(load_image(posters_of(copy)["poster-160"]), load_image(posters_of(brought)["poster-160"]))
