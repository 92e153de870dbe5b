"""Throwing everything away asks first, and never while the studio runs."""

import fcntl

import pytest
from django.core.management import CommandError, call_command

from projects.management.commands.reset_demo import Command
from projects.models import Project, Take
from tests.support.studio import person, project_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def data(settings, store, tmp_path):
    settings.TEAM_MODE = False
    (tmp_path / "artifacts").mkdir()
    (tmp_path / "artifacts" / "a").write_text("x")
    return tmp_path


def test_it_leaves_one_demo_project(data, caplog):
    call_command(Command(), "--yes")

    assert not (data / "artifacts" / "a").exists()
    assert Project.objects.filter(owner__is_local=True).count() == 1
    assert Take.objects.filter(project__owner__is_local=True, status="queued").count() == 4
    assert "outbox" not in caplog.text


def test_a_no_changes_nothing(data, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda _question: "n")
    project_of(person())

    with pytest.raises(CommandError, match="nothing was changed"):
        call_command(Command())
    assert (data / "artifacts" / "a").exists()


def test_a_running_studio_is_left_alone(data):
    with (data / "studio.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match="the studio runs"):
            call_command(Command(), "--yes")


def test_a_studio_of_people_who_sign_in_is_left_alone(data, settings):
    settings.TEAM_MODE = True

    with pytest.raises(CommandError, match="sign in"):
        call_command(Command(), "--yes")
    assert (data / "artifacts" / "a").exists()
