"""Saying that a machine made it: the metadata field that GB 45438-2025 asks for, in every file that leaves."""

import json

FIELD = "AIGC"
_GENERATED = "1"
_PRODUCER = "Sceneloom"
_NAMES = (
    "Label", "ContentProducer", "ProduceID", "ReservedCode1", "ContentPropagator", "PropagateID", "ReservedCode2",
)  # fmt: skip
_MOST_CHARACTERS = 200


def provenance_tags(*, content_id: str) -> dict[str, str]:
    """Tags of a movie that is wholly generated.

    Args:
        content_id: By which whoever made it can find it again.

    Source:
        GB 45438-2025, implicit labels: one field called AIGC holding JSON.
    """
    label = {
        "Label": _GENERATED,
        "ContentProducer": _PRODUCER,
        "ProduceID": content_id,
        "ReservedCode1": "",
        "ContentPropagator": _PRODUCER,
        "PropagateID": content_id,
        "ReservedCode2": "",
    }
    return {FIELD: json.dumps(label, separators=(",", ":"))}


def kept_tags(text: str) -> dict[str, str]:
    """The field of a file that somebody brought, so that encoding it anew does not hide what made it.

    Args:
        text: What stood in the field.

    Returns:
        The field with nothing in it but what the standard names; empty if it is no such field.
    """
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(said, dict) or said.get("Label") not in ("1", "2", "3"):
        return {}
    label = {name: said[name][:_MOST_CHARACTERS] for name in _NAMES if isinstance(said.get(name), str)}
    return {FIELD: json.dumps(label, separators=(",", ":"))}
