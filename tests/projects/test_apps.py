"""The app notes when its process began."""

import time

from django.apps import apps

from projects.apps import ProjectsConfig


def test_it_is_known_since_when_a_process_runs():
    config = apps.get_app_config("projects")

    assert isinstance(config, ProjectsConfig)
    assert 0 <= time.monotonic() - config.began < 24 * 3600
    before = config.began
    config.ready()
    assert before < config.began <= time.monotonic()
    config.began = before
