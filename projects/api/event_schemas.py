"""Events of a project, by type, and what each carries: what the committed catalogue for clients is made from.

Names of fields stand with the schema that describes them, or a plain kind of JSON value; a ``?`` says that a field may
be absent. Takes and usage are added on the way to a listener, as they are at that moment.
"""

from projects.api.answer_schemas import SCHEMAS

_TAKE = {"status": "string", "phase": "string", "shot_id": "string|null", "take?": "Take"}

EVENTS: dict[str, dict[str, str]] = {
    "take.queued": _TAKE,
    "take.updated": {**_TAKE, "warnings?": "array"},
    "take.finished": _TAKE,
    "take.chunk": {
        **_TAKE, "k": "integer", "n": "integer", "uri": "string", "init_uri": "string", "bytes": "integer",
        "ready_ms": "integer", "mime_type": "string", "poster_uri": "string",
    },
    "take.progress": {"cells": "array", "phase": "string", "stage": "integer", "eta_range_s": "array|null"},
    "doc.ops": {"client_id": "string", "ops": "array", "node_versions": "object"},
    "doc.restored": {},
    "film.updated": {"film": "Film"},
    "project.updated": {"project": "Project"},
    "asset.ready": {"asset": "AssetCard", "node_id": "string|null", "upload_id": "string"},
    "upload.failed": {"upload_id": "string", "node_id": "string|null", "error": "object"},
    "export.progress": {"progress": "number", "export?": "Export"},
    "export.finished": {"progress": "number", "export": "Export"},
    "quota.changed": {"usage?": "Usage"},
    # Of the topic "queue": the listener's own takes.
    "queue.changed": {"running": "integer", "waiting": "integer"},
}  # fmt: skip
# Sent and forgotten where they carry no number: the newest replaces those before it.
FLEETING = ("take.progress", "export.progress", "queue.changed")


def catalogue() -> dict[str, dict[str, object]]:
    """The catalogue of events as plain JSON, with names of schemas as references into the API's schema."""
    return {
        kind: {
            "fleeting": kind in FLEETING,
            "data": {name: f"#/components/schemas/{what}" if what in SCHEMAS else what for name, what in data.items()},
        }
        for kind, data in EVENTS.items()
    }
