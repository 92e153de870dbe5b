"""What stands in a project's file: ``project.json``, and beside it every picture, clip and second by its hash.

The JSON says what hangs from what by ids of its own; whoever takes it in gives new ones. Here it is only read: every
value is checked, and everything that is named must be there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from generation.contract.requests import FRAMES_PER_SECOND, MAX_SECONDS, MAX_SEED
from projects.errors import Invalid
from projects.rules.graph import would_cycle
from projects.rules.plain_values import Plain

FORMAT, VERSION = "sceneloom-project", 1
MANIFEST = "project.json"
# Of the whole file. Beyond that, an archive needs a form that few programs read well.
MOST_BYTES = 4_000_000_000
MOST_FILES = 50_000
MOST_NODES, MOST_TAKES, MOST_ASSETS, MOST_FILMS, MOST_ITEMS = 10_000, 10_000, 20_000, 100, 500
UNREADABLE = "project_file_unreadable"
_MOST_WORDS, _MOST_SIDE = 100_000, 8192
# Of a take's specification, what says how it was made; what it was made of is named by other fields.
SPEC_FIELDS = ("preset", "prompts", "seconds", "width", "height", "seed", "window_size", "num_steps")
_ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg", "video/mp4": ".mp4"}


@dataclass(frozen=True, kw_only=True, slots=True)
class FileEntry:
    """A file of the archive."""

    sha256: str
    size: int
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AssetEntry:
    """A picture, clip or film of the library."""

    id: UUID
    kind: str
    file: str
    title: str
    tags: tuple[str, ...]
    starred: bool
    rejected: bool
    derived_from: UUID | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeEntry:
    """A card. ``fields`` are as the canvas has them; the ids in them are of this file."""

    id: UUID
    kind: str
    film: UUID | None
    asset: UUID | None
    parent_node: UUID | None
    parent_take: UUID | None
    chosen_take: UUID | None
    fields: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class SecondEntry:
    """A second of a take: its latents and its fragment, by hash."""

    latents: str
    fragment: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TakeEntry:
    """A finished take."""

    id: UUID
    shot: UUID
    asset: UUID
    parent_take: UUID | None
    source_asset: UUID | None
    redo_of: UUID | None
    # What begins every second; empty: the take is not kept by seconds.
    init: str
    seconds: tuple[SecondEntry, ...]
    # Columns of its row that are taken over as they are.
    columns: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemEntry:
    """A clip in a film."""

    take: UUID | None
    asset: UUID | None
    columns: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class FilmEntry:
    """A film."""

    id: UUID
    title: str
    items: tuple[ItemEntry, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProjectFile:
    """All of it, checked."""

    title: str
    settings: Mapping[str, Any]
    poster: UUID | None
    files: Mapping[str, FileEntry]
    assets: tuple[AssetEntry, ...]
    nodes: tuple[NodeEntry, ...]
    takes: tuple[TakeEntry, ...]
    films: tuple[FilmEntry, ...]


def file_name(sha256: str, mime_type: str = "") -> str:
    """What a file is called in the archive: by its content alone."""
    return f"media/{sha256}{_ENDINGS.get(mime_type, '')}"


def read_project_file(plain: object) -> ProjectFile:
    """Check a manifest.

    Raises:
        Invalid: If it is none (``project_file_unreadable``, with its place), or of another version.
    """
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise Invalid("this is no file of a project", code=UNREADABLE, params={"place": MANIFEST})
    if plain.get("version") != VERSION:
        version = str(plain.get("version"))[:20]
        raise Invalid(
            f"the file has version {version}, this studio reads {VERSION}",
            code="project_file_version",
            params={"version": version, "known": VERSION},
        )
    whole = Plain(values=plain, place="", code=UNREADABLE)
    project = whole.inner("project")
    found = ProjectFile(
        title=project.text("title", most=200),
        settings=project.anything("settings", most=10_000),
        poster=project.maybe_identity("poster"),
        files={one.sha256: one for one in map(_file, whole.each("files", most=MOST_FILES))},
        assets=tuple(map(_asset, whole.each("assets", most=MOST_ASSETS))),
        nodes=tuple(map(_node, whole.each("nodes", most=MOST_NODES))),
        takes=tuple(map(_take, whole.each("takes", most=MOST_TAKES))),
        films=tuple(map(_film, whole.each("films", most=MOST_FILMS))),
    )
    _check_names(found)
    _check_tree(found)
    return found


def _file(plain: Plain) -> FileEntry:
    sha256 = plain.sha256("sha256")
    name = plain.text("name", most=100)
    if name.partition(".")[0] != file_name(sha256):
        raise plain.refusal("name", "must be made of the hash")
    return FileEntry(sha256=sha256, size=plain.whole("size", 1, MOST_BYTES), name=name)


def _asset(plain: Plain) -> AssetEntry:
    return AssetEntry(
        id=plain.identity("id"), kind=plain.choice("kind", "image", "clip", "film"), file=plain.sha256("file"),
        title=plain.text("title", most=200), tags=plain.texts("tags", most=50, each=60),
        starred=plain.flag("starred"), rejected=plain.flag("rejected"),
        derived_from=plain.maybe_identity("derived_from_id"),
    )  # fmt: skip


def _node(plain: Plain) -> NodeEntry:
    return NodeEntry(
        id=plain.identity("id"), kind=plain.choice("kind", "image", "shot", "note", "frame", "film"),
        film=plain.maybe_identity("film_id"), asset=plain.maybe_identity("asset_id"),
        parent_node=plain.maybe_identity("parent_node_id"), parent_take=plain.maybe_identity("parent_take_id"),
        chosen_take=plain.maybe_identity("chosen_take_id"), fields=plain.values,
    )  # fmt: skip


def _take(plain: Plain) -> TakeEntry:
    duration = plain.whole("duration_s", 1, MAX_SECONDS)
    spec = plain.anything("spec", most=100_000)
    seconds = tuple(
        SecondEntry(latents=one.sha256("latents"), fragment=one.sha256("fragment"))
        for one in plain.each("seconds", most=MAX_SECONDS)
    )
    if len(seconds) not in (0, duration):
        raise plain.refusal("seconds", "must be all of the take's, or none")
    return TakeEntry(
        id=plain.identity("id"), shot=plain.identity("shot_id"), asset=plain.identity("asset_id"),
        parent_take=plain.maybe_identity("parent_take_id"), source_asset=plain.maybe_identity("source_asset_id"),
        redo_of=plain.maybe_identity("redo_of_id"), init=plain.sha256("init") if seconds else "", seconds=seconds,
        columns={
            "ordinal": plain.whole("ordinal", 1, 2**31 - 1),
            "prompt": plain.text("prompt", most=_MOST_WORDS),
            "enhanced_prompt": plain.text("enhanced_prompt", most=_MOST_WORDS),
            "settings": plain.anything("settings", most=100_000),
            "spec": {name: spec[name] for name in SPEC_FIELDS if name in spec},
            "duration_s": duration,
            "seed": plain.whole("seed", 0, MAX_SEED),
            "parent_frames": plain.maybe_whole("parent_frames", 1, MAX_SECONDS * FRAMES_PER_SECOND),
            "shared_seconds": plain.whole("shared_seconds", 0, MAX_SECONDS),
            "truncated": plain.flag("truncated"),
            "width": plain.whole("width", 1, _MOST_SIDE),
            "height": plain.whole("height", 1, _MOST_SIDE),
            "starred": plain.flag("starred"),
            "rejected": plain.flag("rejected"),
            "tags": list(plain.texts("tags", most=50, each=60)),
            # Files of before do not say it.
            "poster_frame": plain.maybe_whole("poster_frame", 0, MAX_SECONDS * FRAMES_PER_SECOND - 1),
        },
    )  # fmt: skip


def _film(plain: Plain) -> FilmEntry:
    return FilmEntry(
        id=plain.identity("id"),
        title=plain.text("title", most=200),
        items=tuple(map(_item, plain.each("items", most=MOST_ITEMS))),
    )


def _item(plain: Plain) -> ItemEntry:
    take, asset = plain.maybe_identity("take_id"), plain.maybe_identity("asset_id")
    if (take is None) == (asset is None):
        raise plain.refusal("take_id", "or asset_id must be given, not both")
    return ItemEntry(
        take=take, asset=asset,
        columns={
            "order": plain.number("order", 1e12),
            "start_frame": plain.whole("start_frame", 0, 10**6),
            "stop_frame": plain.maybe_whole("stop_frame", 1, 10**6),
            "transition": plain.choice("transition", "cut", "dissolve"),
            "transition_frames": plain.whole("transition_frames", 0, 24),
        },
    )  # fmt: skip


def _check_names(found: ProjectFile) -> None:
    """Every id is given once, and every one that is named is given."""
    assets, films = _ids("assets", found.assets), _ids("films", found.films)
    nodes, takes = _ids("nodes", found.nodes), _ids("takes", found.takes)
    _known("assets", {one.file for one in found.assets}, set(found.files))
    _known("project.poster", {found.poster}, assets)
    _known("assets", {one.derived_from for one in found.assets}, assets)
    for node in found.nodes:
        _known("nodes", {node.asset}, assets)
        _known("nodes", {node.film}, films)
        _known("nodes", {node.parent_node}, nodes)
        _known("nodes", {node.parent_take, node.chosen_take}, takes)
    before: set[object] = set()
    for take in found.takes:
        _known("takes", {take.shot}, nodes)
        _known("takes", {take.asset, take.source_asset}, assets)
        # In the order in which they were made, so that none comes from itself.
        _known("takes", {take.parent_take, take.redo_of}, before)
        kept = {take.init} if take.init else set()
        _known("takes", kept.union(*({it.latents, it.fragment} for it in take.seconds)), set(found.files))
        before.add(take.id)
    if len({take.asset for take in found.takes}) < len(found.takes):
        raise _wrong("takes", "no two takes may have the same file")
    if len({(take.shot, take.columns["ordinal"]) for take in found.takes}) < len(found.takes):
        raise _wrong("takes", "the takes of a shot must be numbered once")
    for film in found.films:
        _known("films", {item.take for item in film.items}, takes)
        _known("films", {item.asset for item in film.items}, assets)


def _check_tree(found: ProjectFile) -> None:
    """No card hangs from itself, however far up."""
    shots = {take.id: take.shot for take in found.takes}
    above: dict[str, str | None] = {}
    for node in found.nodes:
        parent = shots.get(node.parent_take) if node.parent_take else node.parent_node
        above[str(node.id)] = str(parent) if parent else None
    for child, over in above.items():
        if over is not None and would_cycle(above, child, over):
            raise Invalid("a shot cannot continue itself", code="graph_cycle")


def _ids(place: str, entries: tuple[Any, ...]) -> set[object]:
    ids: set[object] = {one.id for one in entries}
    if len(ids) < len(entries):
        raise _wrong(place, "every id must be given once")
    return ids


def _known(place: str, named: set[Any], given: set[Any]) -> None:
    missing = named - given - {None}
    if missing:
        raise _wrong(place, f"{next(iter(missing))} is named but not given")


def _wrong(place: str, why: str) -> Invalid:
    return Invalid(f"{place}: {why}", code=UNREADABLE, params={"place": place})
