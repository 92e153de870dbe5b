"""Fetches a preset's weights from the hub, or a mirror of it, into the hub's own layout below a folder.

Interrupt it as often as you like, in this process or by ending it: what arrived is kept and the next call goes on from
there. A file gets its name only when its size and hash are what the hub lists; files that are whole already are left
alone. How much is to come is known, and the disk checked for it, before the first byte.
"""

import logging
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from generation.errors import Cancelled, StorageError
from generation.weights.catalog import HUB, REPOSITORY, REVISION, CheckpointPart
from generation.weights.conversion import convert_folder, is_converted, needs_conversion
from generation.weights.files.shards import PICKLED_SUFFIXES
from generation.weights.hub.fetching import fetch_file
from generation.weights.hub.listing import RemoteFile, Repository, list_files
from generation.weights.hub.part_file import is_whole, part_length
from generation.weights.hub.transport import Transport

logger = logging.getLogger(__name__)

# Left free on the disk beyond what is fetched.
_SPARE_BYTES = 2**30


@dataclass(frozen=True, kw_only=True, slots=True)
class DownloadProgress:
    """How far a download is; told after every block."""

    # The file that is being fetched, as the hub names it.
    path: str
    file_bytes: int
    file_total: int
    # Of all files together; what was there before counts.
    bytes_here: int
    bytes_total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where weights are fetched from."""

    repository: Repository = field(default_factory=lambda: Repository(endpoint=HUB, name=REPOSITORY, revision=REVISION))
    transport: Transport = field(default_factory=Transport)


def _ignore(_: DownloadProgress) -> None:
    return None


def _local_path(remote: RemoteFile, root: Path) -> Path:
    return root / PurePosixPath(remote.path)


def _is_here(remote: RemoteFile, root: Path, stop_if_asked: Callable[[], None]) -> bool:
    """Whether a file need not be fetched: it is whole, or was turned into safetensors and then deleted."""
    path = _local_path(remote, root)
    if not path.exists() and path.name.endswith(PICKLED_SUFFIXES) and is_converted(path.parent):
        return True
    return is_whole(path, remote, should_stop=stop_if_asked)


def _require_space(root: Path, missing: Sequence[RemoteFile]) -> None:
    """Check that all of it will fit.

    Raises:
        StorageError: Saying how much must be freed.
    """
    needed = sum(remote.num_bytes - part_length(_local_path(remote, root)) for remote in missing)
    # Their tensors are written once more, as safetensors.
    needed += sum(remote.num_bytes for remote in missing if remote.path.endswith(PICKLED_SUFFIXES))
    existing = next(folder for folder in (root, *root.absolute().parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    if missing and free < needed + _SPARE_BYTES:
        raise StorageError(
            f"{needed / 1e9:.1f} GB are still to come into {root} and {_SPARE_BYTES / 1e9:.1f} GB must stay free, but "
            f"only {free / 1e9:.1f} GB are; make room or choose another folder"
        )


def download(
    parts: Sequence[CheckpointPart],
    root: Path,
    *,
    source: Source,
    on_progress: Callable[[DownloadProgress], None] = _ignore,
    should_stop: Callable[[], bool] = lambda: False,
    wait: Callable[[float], None] = time.sleep,
) -> None:
    """Fetch all files of some parts that are not here yet, each verified by the hub's hash.

    Parts that the hub has as PyTorch's pickles only (the text encoder) get safetensors beside them, made without
    unpickling; the pickles may be deleted then.

    Args:
        parts: What to fetch, as the catalog has it.
        root: The folder below which the hub's layout is made, as ``root/ckpt/vae/config.json``.
        source: Where from; the entry points read the address of a mirror and proxies from the environment.
        on_progress: Told after every block, with all bytes known.
        should_stop: Asked after every block; what arrived is kept.
        wait: Sleeps between attempts, in seconds.

    Raises:
        DownloadError: If the hub cannot be reached or a file cannot be had whole; what arrived is kept.
        StorageError: If the disk is too small, full or read-only.
        WeightsError: If a pickled checkpoint holds anything but plain tensors.
        Cancelled: If asked to stop.
    """

    def stop_if_asked() -> None:
        if should_stop():
            raise Cancelled("the download was stopped; what arrived is kept")

    folders = tuple(part.remote_folder for part in parts)
    remotes = list_files(source.transport, source.repository, folders, wait=wait)
    missing = [remote for remote in remotes if not _is_here(remote, root, stop_if_asked)]
    _require_space(root, missing)
    total = sum(remote.num_bytes for remote in remotes)
    here = total - sum(remote.num_bytes for remote in missing)
    for remote in missing:

        def report(file_bytes: int, remote: RemoteFile = remote, before: int = here) -> None:
            on_progress(
                DownloadProgress(
                    path=remote.path,
                    file_bytes=file_bytes,
                    file_total=remote.num_bytes,
                    bytes_here=before + file_bytes,
                    bytes_total=total,
                )
            )

        fetch_file(
            remote,
            _local_path(remote, root),
            transport=source.transport,
            report=report,
            should_stop=stop_if_asked,
            wait=wait,
        )
        here += remote.num_bytes
        logger.info("fetched %s (%.2f GB)", remote.path, remote.num_bytes / 1e9)
    for folder in folders:
        if needs_conversion(root / PurePosixPath(folder)):
            convert_folder(root / PurePosixPath(folder))
