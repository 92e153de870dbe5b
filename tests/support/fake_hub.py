"""A model hub on this machine that can be told to misbehave: to drop, lie, change its mind, and be busy."""

import hashlib
import json
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "c0ffee" + "0" * 34
NAME = "someone/model"


def git_sha1(content: bytes) -> str:
    return hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()


@dataclass
class Misbehaviour:
    """What goes wrong with the content of large files; numbers count content requests from 0."""

    # Bytes of the body to send before the connection is cut; None: all.
    cut_after: Callable[[int], int | None] = lambda _: None
    # Status to answer instead; None: the right one.
    status: Callable[[int], int | None] = lambda _: None
    etag: Callable[[int], str] = lambda _: '"first"'
    # What is sent, in the file's place.
    content: Callable[[int, bytes], bytes] = lambda _, content: content
    # Added to the announced length.
    length_lie: Callable[[int], int] = lambda _: 0
    # Added to the start that Content-Range states.
    start_lie: Callable[[int], int] = lambda _: 0
    # No Content-Length at all: the body ends with the connection.
    announce_length: bool = True
    ignore_ranges: bool = False
    ignore_if_range: bool = False
    seconds_per_block: float = 0.0


@dataclass
class FakeHub:
    """The hub's content and what was asked of it."""

    # Path in the repository to content; those of 1000 bytes and more are "large" and come from elsewhere.
    files: dict[str, bytes]
    wrong: Misbehaviour = field(default_factory=Misbehaviour)
    page_size: int = 2
    # Statuses for the first requests to the interface.
    api_statuses: list[int] = field(default_factory=list)
    # Bodies in the place of the interface's first ones; empty: the right one.
    api_answers: list[bytes] = field(default_factory=list)
    # Replaces an entry of the list of files.
    change_entry: Callable[[dict], dict] = lambda entry: entry
    # Hash that the redirect states; empty: the right one.
    linked_etag: str = ""
    ranges: list[str] = field(default_factory=list)
    if_ranges: list[str] = field(default_factory=list)
    api_requests: list[str] = field(default_factory=list)
    address: str = ""

    @property
    def content_requests(self) -> int:
        return len(self.ranges)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: FakeHub

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        pass

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.close_connection = True
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        if path.startswith("/api/"):
            self.api(path)
        elif path.startswith(f"/{NAME}/resolve/{COMMIT}/"):
            self.resolve(path.removeprefix(f"/{NAME}/resolve/{COMMIT}/"))
        elif path.startswith("/cdn/"):
            self.content(self.hub.files[path.removeprefix("/cdn/")])
        else:
            self.answer(404)

    def api(self, path: str) -> None:
        self.hub.api_requests.append(self.path)
        if self.hub.api_statuses:
            self.answer(self.hub.api_statuses.pop(0), Retry_After="1")
        elif self.hub.api_answers and (body := self.hub.api_answers.pop(0)):
            self.answer(200, body, Link='<http://elsewhere.invalid/x>; rel="next"')
        elif path == f"/api/models/{NAME}/revision/main":
            self.answer(200, json.dumps({"sha": COMMIT}).encode())
        elif path.startswith(f"/api/models/{NAME}/tree/{COMMIT}/"):
            self.tree(path.removeprefix(f"/api/models/{NAME}/tree/{COMMIT}/"))
        else:
            self.answer(404)

    def tree(self, folder: str) -> None:
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        first = int(query.get("cursor", ["0"])[0])
        entries: list[dict] = [{"type": "directory", "path": folder, "oid": "0" * 40, "size": 0}]
        for path, content in sorted(self.hub.files.items()):
            if path.startswith(folder + "/"):
                entry: dict = {"type": "file", "path": path, "size": len(content), "oid": git_sha1(content)}
                if len(content) >= 1000:
                    oid = hashlib.sha256(content).hexdigest()
                    entry["lfs"] = {"oid": oid, "size": len(content), "pointerSize": 130}
                entries.append(self.hub.change_entry(entry))
        page = entries[first : first + self.hub.page_size]
        following = first + self.hub.page_size
        link = f'<{self.hub.address}{self.path.split("&")[0]}&cursor={following}>; rel="next"'
        self.answer(200, json.dumps(page).encode(), **({"Link": link} if following < len(entries) else {}))

    def resolve(self, path: str) -> None:
        content = self.hub.files[path]
        if len(content) < 1000:
            self.answer(200, content, ETag=f'"{git_sha1(content)}"')
            return
        linked = self.hub.linked_etag or hashlib.sha256(content).hexdigest()
        location = "/cdn/" + urllib.parse.quote(path)
        self.answer(302, Location=location, X_Linked_Etag=f'"{linked}"', X_Repo_Commit=COMMIT, ETag='"of the redirect"')

    def content(self, content: bytes) -> None:
        count, wrong = self.hub.content_requests, self.hub.wrong
        asked, if_range = self.headers.get("Range", ""), self.headers.get("If-Range", "")
        self.hub.ranges.append(asked)
        self.hub.if_ranges.append(if_range)
        if (status := wrong.status(count)) is not None:
            self.answer(status)
            return
        content, etag = wrong.content(count, content), wrong.etag(count)
        start = 0
        unchanged = wrong.ignore_if_range or if_range in ("", etag)
        if asked and not wrong.ignore_ranges and unchanged:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            if start >= len(content):
                self.answer(416, Content_Range=f"bytes */{len(content)}")
                return
            self.send_response(206)
            stated = start + wrong.start_lie(count)
            self.send_header("Content-Range", f"bytes {stated}-{len(content) - 1}/{len(content)}")
        else:
            self.send_response(200)
        self.send_header("ETag", etag)
        if wrong.announce_length:
            self.send_header("Content-Length", str(len(content) - start + wrong.length_lie(count)))
        self.end_headers()
        self.send_slowly(content[start:][: wrong.cut_after(count)])

    def send_slowly(self, body: bytes) -> None:
        for at in range(0, len(body), 2**14):
            self.wfile.write(body[at : at + 2**14])
            time.sleep(self.hub.wrong.seconds_per_block)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away in the middle are what is tested."""


@contextmanager
def serve(hub: FakeHub) -> Iterator[FakeHub]:
    """Run the hub while the block runs; its ``address`` is set."""
    server = Server(("127.0.0.1", 0), type("HubHandler", (Handler,), {"hub": hub}))
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
