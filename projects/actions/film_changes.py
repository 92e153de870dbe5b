"""Films: made, ordered, trimmed, built from the path of a shot."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Prefetch, QuerySet

from projects import events
from projects.actions.idempotency import note_made
from projects.actions.take_changes import GIVEN_UP
from projects.actions.take_endings import seconds_ready
from projects.actions.take_keeping import keep_ready_seconds
from projects.errors import Invalid, NotFound
from projects.models import Asset, Film, FilmItem, Node, Project, Take, User
from projects.models.film import Transition
from projects.models.project import Role
from projects.permissions import project_for
from projects.rules.graph import path_to
from projects.shapes.documents import film_shape

MOST_ITEMS = 500
DISSOLVE_FRAMES = range(4, 25)


def film_for(user: User, film_id: UUID, least: Role, *, lock: bool = False) -> Film:
    """A film that this person may use in this way, with its items.

    Args:
        user: Who asks.
        film_id: Which film.
        least: What they have to be at least in its project.
        lock: Whether to hold its row until the transaction ends, so that nobody else changes it meanwhile.

    Raises:
        NotFound: If there is none for them.
    """
    films = films_with_items()
    film = (films.select_for_update() if lock else films).filter(pk=film_id).first()
    if film is None:
        raise NotFound(f"there is no film {film_id} for you")
    project_for(user, film.project_id, least)
    return film


def films_with_items() -> "QuerySet[Film]":
    """Films with all that their shape needs."""
    return Film.objects.prefetch_related(
        Prefetch("items", queryset=FilmItem.objects.select_related("take", "asset").order_by("order", "id"))
    )


def films_as_shown() -> "QuerySet[Film]":
    """The same for those who only look: of the clips, no more than the shape reads."""
    items = (
        FilmItem.objects.select_related("take", "asset")
        .only(
            "film_id", "order", "start_frame", "stop_frame", "transition", "transition_frames", "take__duration_s",
            "take__parent_frames", "take__parent_take_id", "asset__frames",
        )
        .order_by("order", "id")
    )  # fmt: skip
    return Film.objects.prefetch_related(Prefetch("items", queryset=items))


def create_film(user: User, project_id: UUID, *, title: str) -> Film:
    """An empty film."""
    project = project_for(user, project_id, Role.EDITOR)
    with transaction.atomic():
        film = Film.objects.create(project=project, title=title or project.title)
        note_made(film.pk)
        _tell(film.pk)
    return film


def change_film(user: User, film_id: UUID, values: Mapping[str, Any]) -> Film:
    """Rename a film, or give it other items.

    Raises:
        Invalid: If an item is wrong; the film stays as it was.
    """
    film = film_for(user, film_id, Role.EDITOR)
    with transaction.atomic():
        change_film_fields(film.project, film_id, values)
    return film_for(user, film_id, Role.EDITOR)


def change_film_fields(project: Project, film_id: UUID, values: Mapping[str, Any]) -> None:
    """Write a film's title or items, in the caller's transaction."""
    film = Film.objects.select_for_update().filter(pk=film_id, project=project).first()
    if film is None:
        raise Invalid("there is no such film in this project", code="film_gone")
    unknown = set(values) - {"title", "items"}
    if unknown:
        raise Invalid(f"a film has no field {min(unknown)[:40]!r} that can be changed")
    title = values.get("title", film.title)
    if not isinstance(title, str) or not 0 < len(title) <= 200:
        raise Invalid("a title has 1 to 200 characters")
    Film.objects.filter(pk=film.pk).update(title=title, version=F("version") + 1)
    if "items" in values:
        _replace_items(project, film, values["items"])
    _tell(film.pk)


def build_film(user: User, film_id: UUID, node_id: UUID) -> Film:
    """Fill a film with the chosen takes from the root to a shot.

    What the line continues of a take that failed or was cancelled is kept, for the film shows it; one that ended before
    its first second is left out.

    Raises:
        NotFound: If there is no such shot, or none of its line has a take.
        QuotaSpent: If there are not seconds enough left today for what is to be kept.
    """
    film = film_for(user, film_id, Role.EDITOR)
    rows = {
        str(pk): (str(shot or parent) if shot or parent else None, chosen, through)
        for pk, parent, shot, chosen, through in Node.objects.filter(
            project_id=film.project_id, deleted_at=None
        ).values_list("pk", "parent_node_id", "parent_take__shot_id", "chosen_take_id", "parent_take_id")
    }
    if str(node_id) not in rows:
        raise NotFound("there is no such shot in this project")
    line = path_to({pk: above for pk, (above, _, _) in rows.items()}, str(node_id))
    # A shot on the way shows the take that the next one continues, whichever is chosen; the last shows its chosen one.
    through = [rows[following][2] or rows[shot][1] for shot, following in pairwise(line)]
    takes = [take for take in [*through, rows[line[-1]][1]] if take is not None]
    given_up = list(Take.objects.filter(pk__in=takes, status__in=GIVEN_UP))
    shows_nothing = {take.pk for take in given_up if not seconds_ready(take)}
    takes = [take for take in takes if take not in shows_nothing]
    if not takes:
        raise NotFound("no shot on this path has a take yet", code="path_empty")
    for take in given_up:
        if take.pk not in shows_nothing:
            keep_ready_seconds(user, take.pk)
    cuts = {
        (parent, str(pk)): frames
        for pk, parent, frames in Node.objects.filter(pk__in=line).values_list("pk", "parent_take_id", "parent_frames")
    }
    stops = [next((cut for (parent, _), cut in cuts.items() if parent == take), None) for take in takes]
    items = [{"take_id": str(take), "stop_frame": stop} for take, stop in zip(takes, stops, strict=True)]
    return change_film(user, film_id, {"items": items})


def delete_film(user: User, film_id: UUID) -> None:
    """Delete a film; its clips stay in the library."""
    film = film_for(user, film_id, Role.EDITOR)
    Film.objects.filter(pk=film.pk).delete()


def _replace_items(project: Project, film: Film, items: object) -> None:
    if not isinstance(items, Sequence) or isinstance(items, str) or len(items) > MOST_ITEMS:
        raise Invalid(f"items must be a list of at most {MOST_ITEMS} clips")
    made = [_item(project, film, number, plain) for number, plain in enumerate(items)]
    FilmItem.objects.filter(film=film).delete()
    FilmItem.objects.bulk_create(made)


def _item(project: Project, film: Film, number: int, plain: object) -> FilmItem:
    if not isinstance(plain, Mapping):
        raise Invalid("an item must be an object")
    take_id, asset_id = plain.get("take_id"), plain.get("asset_id")
    start, stop = plain.get("start_frame", 0), plain.get("stop_frame")
    transition = plain.get("transition", Transition.CUT)
    frames = plain.get("transition_frames", 0)
    if bool(take_id) == bool(asset_id):
        raise Invalid("an item shows either a take or an asset")
    if take_id and not Take.objects.filter(pk=take_id, project=project).exists():
        raise Invalid("an item's take must be of this project")
    if asset_id and not Asset.objects.filter(pk=asset_id, owner_id=project.owner_id).exists():
        raise Invalid("an item's asset must be in the library")
    if not _is_frame(start) or not (stop is None or (_is_frame(stop) and stop > start)):
        raise Invalid("an item shows frames from start_frame up to a later stop_frame")
    if transition not in Transition.values or (transition == Transition.DISSOLVE and frames not in DISSOLVE_FRAMES):
        raise Invalid("an item begins with a cut, or with a dissolve of 4 to 24 frames")
    return FilmItem(
        film=film,
        order=float(number),
        take_id=take_id or None,
        asset_id=asset_id or None,
        start_frame=start,
        stop_frame=stop,
        transition=transition,
        transition_frames=frames if transition == Transition.DISSOLVE else 0,
    )


def _is_frame(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10**6


def _tell(film_id: UUID) -> None:
    film = films_with_items().get(pk=film_id)
    events.record(
        film.project_id,
        "film.updated",
        entity_id=film.pk,
        entity_version=film.version,
        data={"film": film_shape(film)},
    )
