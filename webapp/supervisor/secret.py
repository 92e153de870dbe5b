"""The key that signs sessions: made once per data folder, readable by its owner alone."""

import os
import secrets
from pathlib import Path


def secret_key(data: Path, given: str) -> str:
    """The key that the environment gives, else the folder's own.

    Args:
        data: The studio's data folder.
        given: ``SCENELOOM_SECRET_KEY``; empty if it is not set.
    """
    if given:
        return given
    path = data / "secret_key"
    if path.is_file():
        return path.read_text(encoding="utf-8").strip()
    key = secrets.token_urlsafe(50)
    data.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(key)
    return key
