"""Keys of rows: UUIDs that grow with time, so that new rows lie beside each other and lists need no second order."""

import uuid

from uuid_utils.compat import uuid7


def new_id() -> uuid.UUID:
    """A version 7 UUID."""
    return uuid7()
