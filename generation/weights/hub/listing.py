"""Which files a hub's repository holds under a folder, with sizes and hashes, all of one commit."""

import json
import re
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from generation.errors import DownloadError
from generation.weights.hub.transport import Transport, describe_status, require_web_address, retrying

_LARGEST_ANSWER = 32 * 2**20
_MOST_PAGES = 100
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SHA1 = re.compile(r"[0-9a-f]{40}")
_NEXT_PAGE = re.compile(r'<([^<>]+)>\s*;\s*rel="next"')


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoteFile:
    """One file of a repository at one commit."""

    # Relative to the repository, with "/".
    path: str
    url: str
    num_bytes: int
    # Of the content, for large files; empty for those that git keeps itself.
    sha256: str
    # Of git's blob: the content behind a short header.
    git_sha1: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Repository:
    """A repository of a hub."""

    endpoint: str
    # "owner/name".
    name: str
    revision: str = "main"

    def __post_init__(self) -> None:
        """Check the address.

        Raises:
            DownloadError: If the endpoint is not a web address or the name not "owner/name".
        """
        require_web_address(self.endpoint)
        if not re.fullmatch(r"[\w.-]+/[\w.-]+", self.name):
            raise DownloadError(f"a repository must be owner/name, got {self.name!r}")

    def api(self, path: str) -> str:
        """An address of the hub's interface for programs."""
        return f"{self.endpoint.rstrip('/')}/api/models/{self.name}/{path}"

    def file(self, commit: str, path: str) -> str:
        """Where a file's content is."""
        return f"{self.endpoint.rstrip('/')}/{self.name}/resolve/{commit}/{urllib.parse.quote(path)}"


def _get_json(transport: Transport, url: str) -> tuple[object, str]:
    """A JSON answer and the address of its next page, if there is one."""
    with transport.open(url, headers={"Accept": "application/json"}) as answer:
        if answer.status != 200:
            raise DownloadError(
                f"{url} answers {describe_status(answer.status)}; check the address of the hub or mirror"
            )
        content = bytearray()
        while block := answer.read(2**16):
            content += block
            if len(content) > _LARGEST_ANSWER:
                raise DownloadError(f"{url} answers with more than {_LARGEST_ANSWER} bytes; is it a hub?")
        link = _NEXT_PAGE.search(answer.headers.get("link", ""))
    try:
        return json.loads(content), urllib.parse.urljoin(url, link.group(1)) if link else ""
    except (ValueError, RecursionError) as error:
        raise DownloadError(f"{url} does not answer with JSON; is it a hub?") from error


def _resolve_commit(transport: Transport, repository: Repository) -> str:
    url = repository.api(f"revision/{urllib.parse.quote(repository.revision, safe='')}")
    data, _ = _get_json(transport, url)
    commit = data.get("sha") if isinstance(data, dict) else None
    if not isinstance(commit, str) or not _SHA1.fullmatch(commit):
        raise DownloadError(f"{url} does not say which commit {repository.revision} is; is it a hub?")
    return commit


def _pages(transport: Transport, url: str) -> Iterator[object]:
    for _ in range(_MOST_PAGES):
        entries, following = _get_json(transport, url)
        if not isinstance(entries, list):
            raise DownloadError(f"{url} does not answer with a list of files; is it a hub?")
        yield from entries
        if not following:
            return
        if urllib.parse.urlsplit(following).netloc != urllib.parse.urlsplit(url).netloc:
            raise DownloadError(f"{url} goes on at another host, {following}, which is not followed")
        url = following
    raise DownloadError(f"{url} lists more than {_MOST_PAGES} pages; is it a hub?")


def _is_safe(path: object, folder: str) -> bool:
    """Whether a path from outside stays inside the folder it was asked for."""
    if not isinstance(path, str) or any(sign in path for sign in "\\\0:"):
        return False
    parts = path.split("/")
    return path.startswith(folder + "/") and all(part not in ("", ".", "..") for part in parts)


def _remote_file(entry: dict[str, object], repository: Repository, commit: str, folder: str) -> RemoteFile:
    path, large = entry.get("path"), entry.get("lfs")
    if not _is_safe(path, folder) or not isinstance(path, str):
        raise DownloadError(f"the hub lists {path!r} under {folder}, which is not a path inside it")
    described = large if isinstance(large, dict) else entry
    size = described.get("size")
    sha256 = str(large.get("oid", "")).removeprefix("sha256:") if isinstance(large, dict) else ""
    git_sha1 = "" if isinstance(large, dict) else str(entry.get("oid", ""))
    known = _SHA256.fullmatch(sha256) or _SHA1.fullmatch(git_sha1)
    if not isinstance(size, int) or isinstance(size, bool) or size < 0 or not known:
        raise DownloadError(f"the hub does not say how large {path} is or what its hash is; use another mirror")
    return RemoteFile(path=path, url=repository.file(commit, path), num_bytes=size, sha256=sha256, git_sha1=git_sha1)


def list_files(
    transport: Transport, repository: Repository, folders: tuple[str, ...], *, wait: Callable[[float], None]
) -> tuple[RemoteFile, ...]:
    """The files under some folders of a repository, at the commit its revision is now.

    Args:
        transport: Sends the requests.
        repository: Where to look.
        folders: Paths in the repository; all files below each are listed.
        wait: Sleeps between attempts, in seconds.

    Raises:
        DownloadError: If the hub cannot be reached, does not have a folder, or answers nonsense.
    """

    def ask() -> tuple[RemoteFile, ...]:
        commit = _resolve_commit(transport, repository)
        found = []
        for folder in folders:
            url = repository.api(f"tree/{commit}/{urllib.parse.quote(folder)}?recursive=true")
            entries = [entry for entry in _pages(transport, url) if isinstance(entry, dict)]
            files = [
                _remote_file(entry, repository, commit, folder) for entry in entries if entry.get("type") == "file"
            ]
            if not files:
                raise DownloadError(f"{repository.name} has no files under {folder}")
            found += files
        return tuple(found)

    return retrying(ask, policy=transport.policy, wait=wait)
