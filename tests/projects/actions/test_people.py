"""People: settings, tokens, invitations, members, links and usage."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from projects.actions.accounts import (
    accept_invitation,
    change_settings,
    invite,
    make_token,
    open_invitation,
    revoke_token,
)
from projects.actions.members import add_member, change_member, members_of, remove_member
from projects.actions.shares import open_share, revoke, share, shared_take, shared_view, shares_of
from projects.actions.usage import stored_bytes, usage_of
from projects.errors import Conflict, Invalid, NotAllowed, NotFound
from projects.models import Film, FilmItem, Invitation, Node, ShareLink
from projects.permissions import role_in
from tests.support.api import Browser
from tests.support.studio import ask, person, picture_of, shot_in

pytestmark = pytest.mark.django_db


def test_settings_are_merged_and_null_takes_one_away(ada):
    change_settings(ada, {"theme": "light", "language": "zh-CN"})
    user = change_settings(ada, {"theme": None, "sound": True})

    assert user.settings == {"language": "zh-CN", "sound": True}
    assert user.language == "zh-CN"
    with pytest.raises(Invalid):
        change_settings(ada, {"much": "x" * 20_000})


def test_a_token_is_kept_as_a_hash_and_revoked_for_good(ada):
    token, secret = make_token(ada, "script")

    assert secret not in str(vars(token))
    assert secret.startswith(token.hint)
    revoke_token(ada, token.pk)
    with pytest.raises(NotFound):
        revoke_token(ada, token.pk)


def test_an_invitation_opens_one_account(ada):
    _, secret = invite(ada, email="bo@example.org", is_staff=False)
    user = accept_invitation(secret, username="bo", password="a kite above the ridge")

    assert user.email == "bo@example.org"
    assert user.check_password("a kite above the ridge")
    with pytest.raises(NotFound):
        open_invitation(secret)


def test_a_weak_password_or_a_taken_name_uses_nothing_up(ada):
    _, secret = invite(ada, email="", is_staff=False)

    with pytest.raises(Invalid) as caught:
        accept_invitation(secret, username="bo", password="short")
    assert caught.value.code == "password_weak"
    with pytest.raises(Conflict):
        accept_invitation(secret, username="ada", password="a kite above the ridge")
    assert open_invitation(secret)


def test_an_invitation_ends(ada):
    _, secret = invite(ada, email="", is_staff=False)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(NotFound):
        open_invitation(secret)


def test_members_come_change_and_go(ada, project):
    bob = person("bob")
    add_member(ada, project.pk, username="bob", role="viewer")
    change_member(ada, project.pk, bob.pk, role="editor")

    assert role_in(bob, project) == "editor"
    assert [it["role"] for it in members_of(bob, project.pk)] == ["owner", "editor"]
    with pytest.raises(NotAllowed):
        add_member(bob, project.pk, username="ada", role="viewer")
    remove_member(bob, project.pk, bob.pk)
    assert role_in(bob, project) is None
    for name in ("nobody", "ada"):
        with pytest.raises(Invalid):
            add_member(ada, project.pk, username=name, role="viewer")


@pytest.fixture
def shared(studio, ada, project):
    """A project with a take in its film and one beside it."""
    shot = shot_in(project)
    first, second = ask(ada, shot, count=2)
    studio.until_quiet()
    film = Film.objects.create(project=project, title="Kites")
    FilmItem.objects.create(film=film, order=0, take=first)
    return project, film, first, second


@pytest.mark.parametrize(
    ("scope", "takes", "prompts", "nodes"),
    [("film", 1, False, 0), ("film_and_prompts", 1, True, 0), ("tree", 2, True, 1)],
)
def test_a_link_shows_what_it_says_and_nothing_else(shared, ada, scope, takes, prompts, nodes):
    project, film, first, second = shared
    _, secret = share(ada, project.pk, scope=scope, film_id=film.pk, allow_copy=False, expires_at=None)

    seen = shared_view(secret)

    assert len(seen["takes"]) == takes
    assert all(bool(take["prompt"]) == prompts for take in seen["takes"])
    assert len(seen["nodes"]) == nodes
    assert shared_take(secret, first.pk).pk == first.pk
    if takes == 1:
        with pytest.raises(NotFound):
            shared_take(secret, second.pk)


def test_a_shared_tree_shows_its_pictures_and_no_others(shared, ada):
    project, film, _, _ = shared
    shown, gone, loose = picture_of(ada, project), picture_of(ada, project), picture_of(ada)
    Node.objects.create(project=project, kind="image", asset=shown)
    Node.objects.create(project=project, kind="image", asset=gone, deleted_at=timezone.now())
    links = {
        scope: share(ada, project.pk, scope=scope, film_id=film.pk, allow_copy=False, expires_at=None)[1]
        for scope in ("film", "film_and_prompts", "tree")
    }

    assert {scope: len(shared_view(secret)["pictures"]) for scope, secret in links.items()} == {
        "film": 0, "film_and_prompts": 0, "tree": 1,
    }  # fmt: skip
    seen = shared_view(links["tree"])["pictures"][0]
    assert (seen["id"], seen["width"], seen["poster_url"].split("/s/")[1]) == (
        str(shown.pk), shown.width, f"{links['tree']}/pictures/{shown.pk}/poster",
    )  # fmt: skip
    stranger = Browser(None)
    assert stranger.get(seen["poster_url"].removeprefix("/api/v1")).status_code == 200
    for scope, picture in (("tree", gone), ("tree", loose), ("film", shown)):
        assert stranger.get(f"/public/s/{links[scope]}/pictures/{picture.pk}/poster").status_code == 404


def test_a_link_ends_by_time_and_by_hand(shared, ada):
    project, film, _, _ = shared
    link, secret = share(ada, project.pk, scope="film", film_id=film.pk, allow_copy=True, expires_at=None)
    assert len(secret) >= 22
    assert secret not in str(vars(link))
    ShareLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NotFound):
        open_share(secret)
    ShareLink.objects.update(expires_at=None)
    assert open_share(secret)
    revoke(ada, link.pk)
    with pytest.raises(NotFound):
        open_share(secret)
    assert shares_of(ada, project.pk) == []
    with pytest.raises(NotFound):
        revoke(person("eve"), link.pk)
    with pytest.raises(Invalid):
        share(ada, project.pk, scope="film", film_id=film.pk, allow_copy=True, expires_at=timezone.now())
    with pytest.raises(Invalid):
        share(ada, project.pk, scope="film", film_id=uuid.uuid4(), allow_copy=True, expires_at=None)


def test_usage_counts_each_file_once(studio, ada, project):
    picture_of(ada)
    picture_of(ada)
    ask(ada, shot_in(project))

    usage = usage_of(ada)

    assert usage["seconds_today"] == usage["seconds_reserved"] == 2
    assert usage["storage_bytes"] == stored_bytes(ada) > 0
    assert usage["days"][0]["seconds"] == 2
