"""Saying that a machine made it: the metadata field that GB 45438-2025 asks for, in every file that leaves."""

import json

FIELD = "AIGC"
_GENERATED = "1"
_PRODUCER = "Sceneloom"


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
