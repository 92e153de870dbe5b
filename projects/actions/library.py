"""The library: finding, marking, collecting, deleting; and where an asset comes from and went."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from projects.errors import Invalid, NotFound
from projects.models import Asset, Collection, Take, User
from projects.shapes.assets import with_cards

_TERM = re.compile(r'(tag|seed|dur|project|kind):("[^"]*"|\S+)|(star|reject)(?=\s|$)|"([^"]*)"|(\S+)')
_MOST_ANCESTORS = 50


def library_of(user: User) -> QuerySet[Asset]:
    """A person's assets that are not deleted."""
    return with_cards().filter(owner=user, deleted_at=None)


def searched(found: QuerySet[Asset], text: str) -> QuerySet[Asset]:
    """Narrow down by words and ``tag:``, ``seed:``, ``dur:>5``, ``project:"..."``, ``star``, ``reject``.

    Words are looked for anywhere in titles and both prompts, in any script.
    """
    for match in _TERM.finditer(text[:500]):
        name, value, mark, quoted, word = match.groups()
        if name:
            found = found.filter(_condition(name, value.strip('"')))
        elif mark:
            found = found.filter(starred=True) if mark == "star" else found.filter(rejected=True)
        elif quoted or word:
            found = found.filter(search_text__icontains=quoted or word)
    return found


def _condition(name: str, value: str) -> Q:
    if name == "tag":
        return Q(tags__icontains=f'"{value}"')
    if name == "seed":
        return Q(take__seed=int(value)) if value.isdecimal() and len(value) < 19 else Q(pk=None)
    if name == "project":
        return Q(project__title__icontains=value)
    if name == "kind":
        return Q(kind=value)
    sign, number = (value[0], value[1:]) if value[:1] in "<>=" else ("=", value)
    if not number.isdecimal() or len(number) > 6:
        return Q(pk=None)
    lookup = {"<": "duration_ms__lt", ">": "duration_ms__gt", "=": "duration_ms"}[sign]
    return Q(**{lookup: int(number) * 1000})


def filtered(found: QuerySet[Asset], values: Mapping[str, str]) -> QuerySet[Asset]:
    """Narrow down by facets; unknown values find nothing."""
    for name, value in values.items():
        rule = _FILTERS.get(name)
        if rule is not None and value != "":
            found = found.filter(rule(value))
    return found.distinct()


def _number(column: str) -> Callable[[str], Q]:
    return lambda value: Q(**{column: int(value)}) if value.isdecimal() and len(value) < 10 else Q(pk=None)


def _identity(column: str) -> Callable[[str], Q]:
    def rule(value: str) -> Q:
        try:
            return Q(**{column: UUID(value)})
        except ValueError:
            return Q(pk=None)

    return rule


def _aspect(value: str) -> Q:
    if value == "wide":
        return Q(width__gt=F("height"))
    return Q(width__lt=F("height")) if value == "tall" else Q(width=F("height"))


# Lengths of clips in milliseconds, and how many days ago something was made at most.
_LENGTHS = {"short": (1, 2_999), "middle": (3_000, 5_999), "long": (6_000, 10**9)}
_DAYS = {"day": 1, "week": 7, "month": 30}


def _length(value: str) -> Q:
    return Q(duration_ms__range=_LENGTHS[value]) if value in _LENGTHS else Q(pk=None)


def _made(value: str) -> Q:
    return Q(created_at__gte=timezone.now() - timedelta(days=_DAYS[value])) if value in _DAYS else Q(pk=None)


# A film shows a clip as the take that it was, or as the asset itself.
_IN_A_FILM = Q(film_items__isnull=False) | Q(take__film_items__isnull=False)

_FILTERS: dict[str, Callable[[str], Q]] = {
    "kind": lambda value: Q(kind=value),
    "project": _identity("project_id"),
    "collection": _identity("collections"),
    "starred": lambda value: Q(starred=value == "true"),
    "rejected": lambda value: Q(rejected=value == "true"),
    "tag": lambda value: Q(tags__icontains=f'"{value}"'),
    "duration_min": _number("duration_ms__gte"),
    "duration_max": _number("duration_ms__lte"),
    "aspect": _aspect,
    "length": _length,
    "made": _made,
    "used_in_film": lambda value: _IN_A_FILM if value == "true" else ~_IN_A_FILM,
}


def facets_of(user: User) -> dict[str, Any]:
    """How many assets there are of each kind, in each project, with each tag."""
    mine = Asset.objects.filter(owner=user, deleted_at=None)
    tags: dict[str, int] = {}
    for row in mine.exclude(tags=[]).values_list("tags", flat=True):
        for tag in row:
            tags[tag] = tags.get(tag, 0) + 1
    projects = mine.exclude(project=None).values("project_id", "project__title").annotate(count=Count("pk"))
    return {
        "all": mine.count(),
        "kind": {row["kind"]: row["count"] for row in mine.values("kind").annotate(count=Count("pk")).order_by()},
        "starred": mine.filter(starred=True).count(),
        "rejected": mine.filter(rejected=True).count(),
        "used_in_film": mine.filter(_IN_A_FILM).distinct().count(),
        "project": [
            {"id": str(row["project_id"]), "title": row["project__title"], "count": row["count"]}
            for row in projects.order_by("-count")[:50]
        ],
        "tags": [{"tag": tag, "count": count} for tag, count in sorted(tags.items(), key=lambda it: -it[1])[:100]],
    }


def asset_of(user: User, asset_id: UUID, *, lock: bool = False) -> Asset:
    """An asset of this person.

    Args:
        user: Whose.
        asset_id: Which.
        lock: Hold it until the transaction ends.

    Raises:
        NotFound: If there is none.
    """
    if lock:
        # By itself: what is counted for cards is of groups of rows, which cannot be held.
        Asset.objects.select_for_update().filter(pk=asset_id, owner=user).first()
    found = with_cards().filter(pk=asset_id, owner=user).first()
    if found is None:
        raise NotFound(f"there is no asset {asset_id} in your library")
    return found


def change_assets(user: User, ids: list[UUID], values: Mapping[str, Any]) -> int:
    """Set title, star, rejection or tags; takes follow their files."""
    with transaction.atomic():
        mine = Asset.objects.filter(pk__in=ids, owner=user)
        changed = mine.update(version=F("version") + 1, **values)
        marks = {key: value for key, value in values.items() if key in ("starred", "rejected", "tags")}
        if marks:
            Take.objects.filter(asset__in=mine).update(version=F("version") + 1, **marks)
    return changed


def bulk(user: User, action: str, ids: list[UUID], value: str) -> int:
    """Do one thing with many assets.

    Raises:
        Invalid: If a tag or collection is needed and missing.
    """
    simple: dict[str, dict[str, Any]] = {
        "star": {"starred": True},
        "unstar": {"starred": False},
        "reject": {"rejected": True},
        "unreject": {"rejected": False},
        "delete": {"deleted_at": timezone.now()},
        "restore": {"deleted_at": None},
    }
    if action in simple:
        return change_assets(user, ids, simple[action])
    if not value:
        raise Invalid(f"{action} needs a value")
    if action == "add_to_collection":
        return _collect(user, ids, value)
    for asset in Asset.objects.filter(pk__in=ids, owner=user):
        tags = [tag for tag in asset.tags if tag != value]
        change_assets(user, [asset.pk], {"tags": [*tags, value] if action == "tag" else tags})
    return len(ids)


def _collect(user: User, ids: list[UUID], value: str) -> int:
    try:
        collection = Collection.objects.filter(pk=UUID(value), owner=user).first()
    except ValueError:
        collection = None
    if collection is None:
        raise NotFound("there is no such collection of yours")
    mine = list(Asset.objects.filter(pk__in=ids, owner=user))
    collection.assets.add(*mine)
    return len(mine)


def lineage_of(user: User, asset_id: UUID) -> tuple[list[Asset], list[Asset]]:
    """What an asset came from, oldest first, and what came directly from it."""
    asset = asset_of(user, asset_id)
    above: list[UUID] = []
    current: Asset | None = asset
    while current is not None and len(above) < _MOST_ANCESTORS:
        current = _source(current)
        if current is None or current.pk in above:
            break
        above.append(current.pk)
    cards = {card.pk: card for card in with_cards().filter(pk__in=above)}
    below = with_cards().filter(
        Q(derived_from=asset) | Q(take__parent_take__asset=asset) | Q(take__source_asset=asset), owner=user
    )
    return [cards[key] for key in reversed(above) if key in cards], list(below.distinct()[:200])


def _source(asset: Asset) -> Asset | None:
    take = Take.objects.select_related("parent_take__asset", "source_asset").filter(asset=asset).first()
    if take is not None:
        if take.parent_take is not None and take.parent_take.asset is not None:
            return take.parent_take.asset
        if take.source_asset is not None:
            return take.source_asset
    return asset.derived_from


def create_collection(user: User, title: str) -> Collection:
    """A new collection."""
    return Collection.objects.create(owner=user, title=title)


def change_collection(user: User, collection_id: UUID, title: str) -> Collection:
    """Another name.

    Raises:
        NotFound: If it is none of theirs.
    """
    if not Collection.objects.filter(pk=collection_id, owner=user).update(title=title):
        raise NotFound("there is no such collection of yours")
    return Collection.objects.get(pk=collection_id)


def delete_collection(user: User, collection_id: UUID) -> None:
    """Give a collection up; what is in it stays in the library."""
    deleted, _ = Collection.objects.filter(pk=collection_id, owner=user).delete()
    if not deleted:
        raise NotFound("there is no such collection of yours")
