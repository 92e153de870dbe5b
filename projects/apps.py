"""Django's entry for the app."""

import time

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """The one app of the product."""

    name = "projects"
    default_auto_field = "django.db.models.BigAutoField"
    # When this process was set up, by the steady clock.
    began = float("-inf")

    def ready(self) -> None:
        """Note when."""
        self.began = time.monotonic()
