"""The schema says what is really sent, and what stands in the repository is what the code says."""

from pathlib import Path

import pytest
import yaml
from drf_spectacular.generators import SchemaGenerator

from projects.api.answer_schemas import SCHEMAS, USER
from projects.api.answers import answers

pytestmark = pytest.mark.django_db
COMMITTED = Path(__file__).parents[3] / "frontend/src/api/schema.yaml"


def test_a_person_is_shown_as_the_schema_says(browser):
    assert set(browser.get("/me").json()) == set(USER().fields)


def test_every_answer_has_a_schema():
    assert all(answers(name)[200] for name in SCHEMAS)


def test_the_committed_schema_is_the_codes(settings):
    """Made anew by: python manage.py spectacular --file frontend/src/api/schema.yaml"""
    made = SchemaGenerator().get_schema(request=None, public=True)

    assert yaml.safe_load(COMMITTED.read_text(encoding="utf-8")) == yaml.safe_load(yaml.safe_dump(_plain(made)))


def _plain(value):
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value
