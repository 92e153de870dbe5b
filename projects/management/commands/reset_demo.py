"""``manage.py reset_demo``: an empty studio with one project to look at. Refuses while the studio runs."""

import fcntl
import logging
import shutil
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Throws data away, so it asks first."""

    help = "Throw this studio's data away, and begin with a demo project."

    def add_arguments(self, parser: CommandParser) -> None:
        """Let scripts answer beforehand."""
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *_arguments: object, **options: Any) -> None:  # noqa: ANN401 - as Django has it
        """Ask, empty, and begin anew.

        Raises:
            CommandError: If the studio runs or is a team's, or the answer is no.
        """
        if settings.TEAM_MODE:
            raise CommandError("this studio has people who sign in; only one without log-in is thrown away like this")
        folder = settings.DATA_FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "studio.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise CommandError("the studio runs; stop it first (Ctrl-C where it was started)") from error
            if not options["yes"] and input(f"Delete everything in {folder}? [y/N] ").strip().lower() != "y":
                raise CommandError("nothing was changed")
            for path in folder.iterdir():
                if path.is_dir():
                    shutil.rmtree(path)
                elif path.name != "studio.lock":
                    path.unlink()
            call_command("migrate", verbosity=0)
            # No broker runs yet, as it should be: what is to be told waits in the outbox, which need not be said.
            told = logging.getLogger("projects.events")
            before, told.disabled = told.disabled, True
            try:
                call_command("seed_demo", verbosity=0, stdout=StringIO())
            finally:
                told.disabled = before
        self.stdout.write(f"{folder} holds one demo project; ./studio up shows it, and makes its takes.")
