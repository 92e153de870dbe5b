"""The demo project for whoever wants one."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from projects.management.commands.seed_demo import Command
from projects.models import Node, Project, Take
from tests.support.studio import person

pytestmark = pytest.mark.django_db


def test_a_studio_without_log_in_has_one_person_who_gets_it(store, settings):
    settings.TEAM_MODE = False
    told = StringIO()
    call_command(Command(), stdout=told)

    project = Project.objects.get()
    assert project.owner.is_local
    assert str(project.pk) in told.getvalue()
    assert Take.objects.filter(status="queued").count() == 4
    assert Node.objects.get(kind="image").asset.owner == project.owner


def test_where_people_sign_in_it_is_said_whose_it_is(store, settings):
    settings.TEAM_MODE = True
    ada = person("ada")

    with pytest.raises(CommandError, match="--user"):
        call_command(Command())
    with pytest.raises(CommandError, match="nobody called eve"):
        call_command(Command(), user="eve")
    call_command(Command(), user="ada", stdout=StringIO())
    assert Project.objects.get().owner == ada


def test_without_the_photo_it_says_so(store, settings, tmp_path):
    settings.TEAM_MODE = False
    settings.DEMO_PICTURE = tmp_path / "gone.jpg"

    with pytest.raises(CommandError, match="cannot be made"):
        call_command(Command())
    assert not Project.objects.exists()
