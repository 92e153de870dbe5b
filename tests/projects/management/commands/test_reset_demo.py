"""Throwing everything away asks first, and never while the studio runs."""

import fcntl

import pytest
from django.core.management import CommandError, call_command

from projects.management.commands.reset_demo import Command
from projects.models import Project
from tests.support.studio import person, project_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def data(settings, tmp_path):
    settings.DATA_FOLDER = tmp_path
    (tmp_path / "artifacts").mkdir()
    (tmp_path / "artifacts" / "a").write_text("x")
    return tmp_path


def test_it_leaves_one_demo_project(data):
    call_command(Command(), "--yes")

    assert not (data / "artifacts").exists()
    assert Project.objects.filter(owner__is_local=True).count() == 1


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
