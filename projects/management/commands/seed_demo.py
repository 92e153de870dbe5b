"""``manage.py seed_demo``: one more project to look at, beside whatever there is. A running studio makes its takes."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from projects.actions.demo import create_demo
from projects.errors import ProjectError
from projects.generation_client import poke
from projects.models import User


class Command(BaseCommand):
    """Gives a person the demo project."""

    help = "Add the demo project. Its takes are made by this studio's own model."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose it shall be."""
        parser.add_argument("--user", default="", help="whose; needed where people sign in")

    def handle(self, *_arguments: object, **options: Any) -> None:  # noqa: ANN401 - as Django has it
        """Make it.

        Raises:
            CommandError: If there is no such person, or it cannot be made.
        """
        user = person_of(str(options["user"]))
        try:
            project = create_demo(user, settings.DEMO_PICTURE, language=user.language)
        except (ProjectError, OSError) as error:
            raise CommandError(f"the demo project cannot be made: {error}") from error
        poke()
        self.stdout.write(f"{project.title}: /p/{project.pk}")


def person_of(name: str) -> User:
    """The person of that name; without one, the only one of a studio without log-in.

    Raises:
        CommandError: If there is none.
    """
    if name:
        user = User.objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"there is nobody called {name}")
        return user
    if settings.TEAM_MODE:
        raise CommandError("say whose it shall be: --user NAME")
    user, _ = User.objects.get_or_create(
        is_local=True, defaults={"username": "local", "is_staff": True, "is_superuser": True}
    )
    return user
