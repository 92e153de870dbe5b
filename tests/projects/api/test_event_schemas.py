"""The catalogue of events names every event that is told, and all that each carries."""

import ast
import json
import re
from pathlib import Path

import yaml

from projects.api.event_schemas import EVENTS, FLEETING, catalogue
from projects.models import Event
from projects.sockets import inbox
from projects.sockets.topics import filled
from tests.support.studio import ask, shot_in

ROOT = Path(__file__).parents[3]
COMMITTED = ROOT / "frontend/src/api/events.json"
# What an event may be called; commands of the document are "update", "create" and so on.
ABOUT, WHAT = "take|doc|film|asset|upload|export|quota|project|queue", "queued|[a-z]+ed|chunk|progress|ops|ready"
TOLD = re.compile(rf"({ABOUT})\.({WHAT})")


def test_every_event_that_is_told_is_in_the_catalogue():
    told = {
        node.value
        for path in (*(ROOT / "projects/actions").glob("*.py"), ROOT / "projects/events.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and TOLD.fullmatch(node.value)
    }

    assert told == set(EVENTS)


def test_events_of_a_take_carry_what_the_catalogue_says(studio, ada, project):
    ask(ada, shot_in(project))
    studio.until_quiet()
    seen = set()
    for event in Event.objects.filter(project_id=project.pk):
        shown = filled({"type": event.type, "id": event.entity_id, "data": event.data}, ada)["data"]
        names = EVENTS[event.type]
        assert set(shown) <= {name.removesuffix("?") for name in names}, event.type
        assert {name for name in names if not name.endswith("?")} <= set(shown), event.type
        seen.add(event.type)

    assert seen >= {"take.queued", "take.updated", "take.chunk", "take.finished", "quota.changed"}


def test_only_what_a_slow_client_may_miss_is_called_fleeting():
    assert set(FLEETING) <= set(inbox._FLEETING)


def test_references_lead_into_the_schema():
    schema = yaml.safe_load((ROOT / "frontend/src/api/schema.yaml").read_text(encoding="utf-8"))
    named = {what.rsplit("/", 1)[1] for entry in catalogue().values() for what in entry["data"].values() if "/" in what}

    assert named <= set(schema["components"]["schemas"])


def test_the_committed_catalogue_is_the_codes():
    """Made anew by: python manage.py shell -c with the catalogue written as JSON, indented by two."""
    assert COMMITTED.read_text(encoding="utf-8") == json.dumps(catalogue(), indent=2) + "\n"
