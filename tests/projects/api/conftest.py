"""People at the API of a studio in team mode, where everybody has to say who they are."""

import pytest
from django.core.cache import cache

from tests.support.api import Browser


@pytest.fixture(autouse=True)
def team(settings):
    settings.TEAM_MODE = True
    cache.clear()


@pytest.fixture
def browser(ada):
    return Browser(ada)
