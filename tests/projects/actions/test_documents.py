"""Edits of a canvas, films, projects, checkpoints, templates."""

import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projects.actions.checkpoints import make_checkpoint, restore_checkpoint
from projects.actions.document_fields import checked_field
from projects.actions.film_changes import build_film, change_film, create_film, delete_film, film_for
from projects.actions.operations import apply_operations
from projects.actions.projects import change_project, create_project, duplicate_project, put_in_bin
from projects.actions.templates import TEMPLATES, create_from_template
from projects.actions.usage import usage_of
from projects.errors import Invalid, NotAllowed, NotFound
from projects.models import Event, Film, Membership, Node, Operation, Project
from projects.models.project import Role
from projects.shapes.documents import NODE_FIELDS, node_shape
from tests.support.invariants import check
from tests.support.studio import ask, person, picture_of, shot_in

pytestmark = pytest.mark.django_db


def edit(user, project, *operations, client="tab"):
    return apply_operations(user, project.pk, [{"id": str(uuid.uuid4()), **it} for it in operations], client_id=client)


def created(user, project, **node):
    node_id = str(uuid.uuid4())
    edit(user, project, {"type": "node.create", "node": {"id": node_id, "kind": "shot", **node}})
    return Node.objects.get(pk=node_id)


def update(node, before, after):
    return {"type": "node.update", "node_id": str(node.pk), "before": before, "after": after}


def test_an_edit_is_applied_logged_and_told(ada, project):
    node = created(ada, project, prompt="a")

    done = edit(ada, project, update(node, {"prompt": "a"}, {"prompt": "b"}))

    node.refresh_from_db()
    assert (node.prompt, node.version) == ("b", 2)
    assert done.operation_seq == 2
    assert list(Operation.objects.order_by("seq").values_list("type", flat=True)) == ["node.create", "node.update"]
    told = Event.objects.filter(type="doc.ops").order_by("-seq").first()
    assert told.data["client_id"] == "tab"
    assert told.data["node_versions"] == {str(node.pk): 2}


def test_an_edit_sent_twice_is_applied_once(ada, project):
    node = created(ada, project, prompt="a")
    operation = {"id": str(uuid.uuid4()), **update(node, {"prompt": "a"}, {"prompt": "b"})}

    for _ in range(2):
        apply_operations(ada, project.pk, [operation], client_id="tab")

    node.refresh_from_db()
    assert node.version == 2


def test_fields_clash_one_by_one(ada, project):
    node = created(ada, project, prompt="a", title="t")
    edit(ada, project, update(node, {"prompt": "a"}, {"prompt": "theirs"}))

    done = edit(ada, project, update(node, {"prompt": "a", "title": "t"}, {"prompt": "mine", "title": "new"}))

    node.refresh_from_db()
    assert (node.prompt, node.title) == ("theirs", "new")
    (clash,) = done.clashes
    assert (clash.field, clash.yours, clash.theirs) == ("prompt", "mine", "theirs")
    assert clash.to_json()["node_id"] == str(node.pk)


def test_the_same_wish_of_two_is_no_clash(ada, project):
    node = created(ada, project, prompt="a")
    edit(ada, project, update(node, {"prompt": "a"}, {"prompt": "same"}))

    assert edit(ada, project, update(node, {"prompt": "a"}, {"prompt": "same"})).clashes == []


def test_the_studios_choice_of_a_take_gives_way_to_a_persons(ada, project):
    node = created(ada, project, prompt="a")
    first, second = ask(ada, node, count=2)
    # What a finished take does where nobody has chosen; no client was told.
    Node.objects.filter(pk=node.pk).update(chosen_take=first)

    assert edit(ada, project, update(node, {"chosen_take_id": None}, {"chosen_take_id": str(second.pk)})).clashes == []

    node.refresh_from_db()
    assert node.chosen_take_id == second.pk
    # Whoever goes on from one choice to another is told of a third.
    seen = update(node, {"chosen_take_id": str(first.pk)}, {"chosen_take_id": None})
    assert [clash.field for clash in edit(ada, project, seen).clashes] == ["chosen_take_id"]


def test_deleting_can_be_taken_back(ada, project):
    node = created(ada, project)
    edit(ada, project, {"type": "node.delete", "node_ids": [str(node.pk)]})
    node.refresh_from_db()
    assert node.deleted_at

    edit(ada, project, {"type": "node.restore", "node_ids": [str(node.pk)]})
    node.refresh_from_db()
    assert node.deleted_at is None


def test_a_shot_cannot_continue_itself(ada, project):
    first = created(ada, project)
    second = created(ada, project, parent_node_id=str(first.pk))

    with pytest.raises(Invalid) as caught:
        edit(ada, project, update(first, {"parent_node_id": None}, {"parent_node_id": str(second.pk)}))

    assert caught.value.code == "graph_cycle"
    first.refresh_from_db()
    assert first.parent_node_id is None


@pytest.mark.parametrize(
    "operation",
    [
        {"type": "node.explode"},
        {"type": "node.create", "node": {"id": "x", "kind": "shot"}},
        {"type": "node.create", "node": {"id": str(uuid.uuid4()), "kind": "planet"}},
        {"type": "node.create", "node": None},
        {"type": "node.update", "node_id": str(uuid.uuid4()), "before": {}, "after": {}},
        {"type": "node.delete", "node_ids": []},
        {"type": "node.delete", "node_ids": "all"},
        {"type": "project.update", "before": {"title": "Kites"}, "after": {"title": ""}},
        {"type": "project.update", "before": {"owner": None}, "after": {"owner": None}},
        {"type": "take.update", "take_id": "x", "before": {}, "after": {}},
        {"type": "film.update", "film_id": str(uuid.uuid4()), "after": {}},
        {"id": "no id"},
    ],
)
def test_what_is_no_edit_is_refused_and_nothing_of_its_batch_is_done(ada, project, operation):
    fine = {"type": "node.create", "node": {"id": str(uuid.uuid4()), "kind": "note"}}

    with pytest.raises(Invalid):
        edit(ada, project, fine, operation)

    assert not Node.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x", float("nan")), ("x", float("inf")), ("x", 1e308), ("x", "0"), ("x", True), ("width", 0),
        ("title", "t" * 201),
        ("title", 5), ("prompt", "\ud800"), ("prompt", "a\0b"), ("duration_s", 11), ("duration_s", 1.5),
        ("takes_wanted", 9),
        ("seed", -1), ("seed", 2**63), ("seed_mode", "always"), ("second_prompts", []), ("second_prompts", {"11": "x"}),
        ("asset_id", "5477c13a-1787-4878-824d-3ddd46cdf2f7"),
        ("parent_take_id", "x"), ("enhance", "yes"), ("kind", "note"),
    ],
)  # fmt: skip
def test_no_field_takes_what_it_cannot_hold(project, name, value):
    with pytest.raises(Invalid):
        checked_field(project, name, value)


PROMPTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20)
VALUES = {
    "prompt": PROMPTS, "title": PROMPTS, "x": st.integers(-9, 9).map(float), "duration_s": st.integers(1, 10),
}  # fmt: skip
EDITS = st.dictionaries(
    st.sampled_from(["prompt", "title", "x", "duration_s"]), st.none(), min_size=1, max_size=3
).flatmap(
    lambda names: st.fixed_dictionaries(
        {
            name: VALUES[name] for name in names
        }
    )
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.lists(EDITS, min_size=1, max_size=6))
def test_undoing_everything_backwards_restores_the_document(ada, project, edits):
    node = created(ada, project, prompt="a", title="t")
    first = node_shape(node)
    done = []
    for after in edits:
        node.refresh_from_db()
        before = {name: node_shape(node)[name] for name in after}
        edit(ada, project, update(node, before, after))
        done.append((before, after))
    for before, after in reversed(done):
        edit(ada, project, update(node, after, before))

    node.refresh_from_db()
    assert {name: node_shape(node)[name] for name in NODE_FIELDS} == {name: first[name] for name in NODE_FIELDS}


def test_viewers_edit_nothing_and_strangers_see_nothing(ada, project):
    bob, eve = person("bob"), person("eve")
    Membership.objects.create(project=project, user=bob, role="viewer")

    with pytest.raises(NotAllowed):
        edit(bob, project, {"type": "node.create", "node": {"id": str(uuid.uuid4()), "kind": "note"}})
    with pytest.raises(NotFound):
        edit(eve, project, {"type": "node.create", "node": {"id": str(uuid.uuid4()), "kind": "note"}})


def test_a_checkpoint_brings_the_document_back(ada, project):
    node = created(ada, project, prompt="a")
    kept = make_checkpoint(ada, project.pk, "before the storm")
    edit(ada, project, update(node, {"prompt": "a"}, {"prompt": "b"}))
    later = created(ada, project)

    restore_checkpoint(ada, project.pk, kept.pk)

    node.refresh_from_db()
    later.refresh_from_db()
    assert node.prompt == "a"
    assert later.deleted_at
    with pytest.raises(NotFound):
        restore_checkpoint(ada, project.pk, uuid.uuid4())


def test_a_project_from_a_picture_has_it_with_an_empty_shot_beside_it(ada, store):
    project = create_project(ada, asset_id=picture_of(ada).pk)

    image, shot = Node.objects.filter(project=project).order_by("kind")
    assert (image.kind, shot.parent_node_id) == ("image", image.pk)
    assert shot.x > image.x + image.width
    assert Film.objects.filter(project=project).count() == 1
    with pytest.raises(NotFound):
        create_project(person("eve"), asset_id=image.asset_id)


def test_projects_are_renamed_archived_binned_and_restored(ada, project):
    assert change_project(ada, project.pk, {"title": " New "}).title == "New"
    assert change_project(ada, project.pk, {"archived": True}).archived_at
    put_in_bin(ada, project.pk)
    assert Project.objects.get(pk=project.pk).deleted_at
    assert change_project(ada, project.pk, {"deleted": False}).deleted_at is None
    with pytest.raises(Invalid):
        change_project(ada, project.pk, {"title": "  "})


def test_a_copy_has_its_own_cards_takes_and_files(studio, ada, project):
    shot = shot_in(project)
    (take,) = ask(ada, shot)
    studio.until_quiet()
    shot_in(project, parent_take=take)

    copy = duplicate_project(ada, project.pk)

    copied = copy.takes.get()
    assert copied.pk != take.pk
    assert copied.chunks.count() == 2
    assert copied.asset.blob == type(take).objects.get(pk=take.pk).asset.blob
    first, second = copy.nodes.order_by("created_at", "pk")
    parents = {first.parent_take_id, second.parent_take_id}
    assert parents == {None, copied.pk}
    assert usage_of(ada)["seconds_today"] == 2, "what was copied was made once"
    check(at_rest=True)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.id)
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_template_makes_shots_with_words(ada, template, language):
    project = create_from_template(ada, template.id, language=language)

    shots = project.nodes.filter(kind="shot")
    assert shots.count() == len(template.shots) == template.to_json()["shots"]
    # Put into a project that has begun, it is the same tree.
    code = "zh-CN" if language.startswith("zh") else "en"
    told = {
        (shot["prompt"][code], shot["duration_s"], shot["x"], shot["y"], tuple(shot["second_prompts"]))
        for shot in template.to_json()["tree"]
    }
    assert told == {(shot.prompt, shot.duration_s, shot.x, shot.y, tuple(shot.second_prompts)) for shot in shots}
    assert all(shot.prompt for shot in shots)


def test_an_unknown_template_is_not_there(ada):
    with pytest.raises(NotFound):
        create_from_template(ada, "nothing", language="en")


def test_a_film_is_built_from_the_path_cut_where_the_next_shot_begins(studio, ada, project):
    first = shot_in(project)
    (take,) = ask(ada, first)
    second = shot_in(project, parent_take=take, parent_frames=24, duration_s=1)
    ask(ada, second)
    studio.until_quiet()
    film = create_film(ada, project.pk, title="Kites")

    built = build_film(ada, film.pk, second.pk)

    items = list(built.items.all())
    assert [item.stop_frame for item in items] == [24, None]
    assert items[0].take_id == take.pk
    assert film_for(ada, film.pk, Role.VIEWER).version > 1
    with pytest.raises(NotFound):
        build_film(ada, film.pk, uuid.uuid4())
    with pytest.raises(NotFound):
        build_film(ada, film.pk, shot_in(project).pk)


@pytest.mark.parametrize(
    "items",
    [
        "all", [5], [{}], [{"take_id": str(uuid.uuid4())}], [{"asset_id": str(uuid.uuid4())}],
        [{"take_id": "T", "start_frame": -1}], [{"take_id": "T", "start_frame": 9, "stop_frame": 9}],
        [{"take_id": "T", "transition": "wipe"}], [{"take_id": "T", "transition": "dissolve", "transition_frames": 3}],
    ],
)  # fmt: skip
def test_a_wrong_item_leaves_the_film_as_it_was(studio, ada, project, items):
    (take,) = ask(ada, shot_in(project))
    film = create_film(ada, project.pk, title="Kites")
    change_film(ada, film.pk, {"items": [{"take_id": str(take.pk)}]})
    if isinstance(items, list):
        items = [
            {**it, "take_id": str(take.pk)} if isinstance(it, dict) and it.get("take_id") == "T" else it for it in items
        ]

    with pytest.raises(Invalid):
        change_film(ada, film.pk, {"items": items})

    assert film_for(ada, film.pk, Role.VIEWER).items.count() == 1
    delete_film(ada, film.pk)
    assert not Film.objects.filter(pk=film.pk).exists()
