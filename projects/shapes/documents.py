"""Nodes, films and projects as clients see them: the document that operations change."""

from collections.abc import Iterable
from typing import Any

from generation.contract.requests import FRAMES_PER_SECOND
from projects.models import Film, FilmItem, Node, Project
from projects.models.film import Transition
from projects.shapes.takes import API

# Fields of a node that an operation may change, as they are called in JSON and in the table.
NODE_FIELDS = {
    "title": "title", "x": "x", "y": "y", "width": "width", "height": "height", "color": "color",
    "asset_id": "asset_id", "text": "text", "parent_node_id": "parent_node_id", "parent_take_id": "parent_take_id",
    "parent_frames": "parent_frames", "prompt": "prompt", "second_prompts": "second_prompts", "enhance": "enhance",
    "enhanced_prompt": "enhanced_prompt", "enhanced_locked": "enhanced_locked", "duration_s": "duration_s",
    "takes_wanted": "takes_wanted", "seed_mode": "seed_mode", "seed": "seed", "aspect": "aspect", "quality": "quality",
    "chosen_take_id": "chosen_take_id",
}  # fmt: skip
_IDS = {"asset_id", "parent_node_id", "parent_take_id", "chosen_take_id", "film_id"}


def node_shape(node: Node) -> dict[str, Any]:
    """A node."""
    values = {name: _plain(name, getattr(node, column)) for name, column in NODE_FIELDS.items()}
    return {
        "id": str(node.pk),
        "kind": node.kind,
        "version": node.version,
        "film_id": _plain("film_id", node.film_id),
        "deleted": node.deleted_at is not None,
        **values,
    }


def _plain(name: str, value: object) -> object:
    return str(value) if name in _IDS and value is not None else value


def item_shape(item: FilmItem, before: FilmItem | None) -> dict[str, Any]:
    """A clip in a film."""
    return {
        "id": str(item.pk),
        "order": item.order,
        "take_id": str(item.take_id) if item.take_id else None,
        "asset_id": str(item.asset_id) if item.asset_id else None,
        "start_frame": item.start_frame,
        "stop_frame": item.stop_frame,
        "transition": item.transition,
        "transition_frames": item.transition_frames,
        "continuous": _is_continuous(item, before),
    }


def _is_continuous(item: FilmItem, before: FilmItem | None) -> bool:
    """Whether a clip begins exactly where the one before it was cut: the join cannot be seen."""
    take, previous = item.take, before.take if before else None
    if take is None or previous is None or before is None or item.start_frame or item.transition != Transition.CUT:
        return False
    cut = take.parent_frames or previous.duration_s * FRAMES_PER_SECOND
    shown = before.stop_frame or previous.duration_s * FRAMES_PER_SECOND
    return take.parent_take_id == previous.pk and cut == shown


def frames_of(item: FilmItem) -> int:
    """How many frames of a clip a film shows."""
    whole = 0
    if item.take is not None:
        whole = item.take.duration_s * FRAMES_PER_SECOND
    elif item.asset is not None:
        whole = item.asset.frames
    stop = whole if item.stop_frame is None else min(whole, item.stop_frame)
    return max(0, stop - item.start_frame)


def film_shape(film: Film) -> dict[str, Any]:
    """A film; read its items with their takes and assets."""
    items = list(film.items.all())
    befores = [None, *items][: len(items)]
    overlaps = sum(item.transition_frames for item in items[1:] if item.transition == Transition.DISSOLVE)
    return {
        "id": str(film.pk),
        "project_id": str(film.project_id),
        "title": film.title,
        "version": film.version,
        "items": [item_shape(item, before) for item, before in zip(items, befores, strict=True)],
        "duration_frames": max(0, sum(map(frames_of, items)) - overlaps),
    }


def project_shape(project: Project, role: str, counts: dict[str, Any] | None = None) -> dict[str, Any]:
    """A project's card; ``counts`` are shots, seconds, running takes and the newest clip."""
    known = counts or {}
    poster = project.poster_asset_id
    take = known.get("preview_take")
    stamp = f"&v={known['preview_frame']}" if known.get("preview_frame") else ""
    return {
        "id": str(project.pk),
        "title": project.title,
        "version": project.version,
        "role": role,
        "settings": project.settings,
        "shots": known.get("shots", 0),
        "seconds": known.get("seconds", 0),
        "running": known.get("running", 0),
        "poster_urls": (
            {str(width): f"{API}/takes/{take}/poster?w={width}{stamp}" for width in (160, 320, 640)}
            if take
            else {str(width): f"{API}/assets/{poster}/poster?w={width}" for width in (160, 320, 640)}
            if poster
            else None
        ),
        "preview_url": f"{API}/takes/{take}/media" if take else None,
        "created_at": project.created_at.isoformat(),
        "edited_at": project.edited_at.isoformat(),
        "archived_at": project.archived_at.isoformat() if project.archived_at else None,
        "deleted_at": project.deleted_at.isoformat() if project.deleted_at else None,
    }


def nodes_shape(nodes: Iterable[Node]) -> list[dict[str, Any]]:
    """Several nodes."""
    return [node_shape(node) for node in nodes]
