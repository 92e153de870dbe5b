"""Django's entry for the composition root: every process of the product sends tasks by the same broker."""

from importlib import import_module

from django.apps import AppConfig


class WebappConfig(AppConfig):
    """Makes the product's Celery app the current one."""

    name = "webapp"

    def ready(self) -> None:
        """Set it up once Django is."""
        import_module("webapp.celery").app.set_default()
