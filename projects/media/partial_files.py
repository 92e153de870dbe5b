"""Hidden files that stay when a process is killed while it writes (:func:`generation.artifacts.atomic_write`)."""

import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path

logger = logging.getLogger(__name__)

# As they are named there; nothing else is touched.
_NAME = re.compile(r"\.[0-9a-f]{32}\.partial")


def forget_partials(folder: Path, *, written_before: float) -> Iterator[int]:
    """Delete old ones, a folder at a time.

    Args:
        folder: Where to begin; links are not followed, and one that is not there holds nothing.
        written_before: Unix time. Whoever still writes has written since.

    Yields:
        For each folder within, how many were deleted.
    """
    for here, folders, names in os.walk(folder):
        folders.sort()
        yield sum(_forget(Path(here) / name, written_before) for name in names if _NAME.fullmatch(name))


def _forget(path: Path, written_before: float) -> bool:
    try:
        if path.is_symlink() or path.stat().st_mtime >= written_before:
            return False
        path.unlink()
    except OSError as error:
        # Finished or gone since it was seen, or nobody's to delete.
        logger.info("%s stays: %s", path, error)
        return False
    return True
