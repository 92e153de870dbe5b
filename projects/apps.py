"""Django's entry for the app."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """The one app of the product."""

    name = "projects"
    default_auto_field = "django.db.models.BigAutoField"
