"""How much disk there must be: some for new work, less for what is under way, which then waits instead of failing."""

import shutil

from django.conf import settings

from projects.errors import Unavailable

# What runs may use the reserve that new work is refused for, down to this part of it.
_LAST_PART = 4


def require_disk() -> None:
    """Refuse new work when what is made could not be stored.

    Raises:
        Unavailable: With code ``disk_full``.
    """
    free, least = _free_and_least()
    if free < least:
        raise Unavailable("the disk is nearly full; free some space", code="disk_full", params={"free_bytes": free})


def require_room_to_go_on() -> None:
    """Refuse to go on when what comes could not be stored.

    Raises:
        Unavailable: With code ``disk_full``.
    """
    if not has_room_to_go_on():
        raise Unavailable("the disk is nearly full; free some space, and go on", code="disk_full")


def has_room_to_go_on() -> bool:
    """Whether another stage of what runs could be stored."""
    free, least = _free_and_least()
    return free * _LAST_PART >= least


def _free_and_least() -> tuple[int, int]:
    folder = settings.DATA_FOLDER
    # Bytes, not a share of the disk: what a take needs does not grow with the disk that it lies on.
    return shutil.disk_usage(folder if folder.exists() else folder.parent).free, settings.LEAST_FREE_BYTES
