"""An asset as clients see it: a card of the library, or what a node shows."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from projects.models import Asset
from projects.shapes.takes import API, POSTER_WIDTHS, sprite_shape


def with_cards() -> "QuerySet[Asset]":
    """Assets with all that their cards need, in a fixed number of queries."""
    return (
        Asset.objects.select_related("project", "take")
        .prefetch_related("renditions")
        .annotate(used_in_films=Count("film_items", distinct=True) + Count("take__film_items", distinct=True))
    )


def poster_urls(asset_id: UUID, frame: int | None) -> dict[str, str]:
    """Where an asset's pictures are, by width, if it has any; they are of this frame, and none is the first."""
    # Pictures are kept for ever by their address, so another frame has another one.
    stamp = f"&v={frame}" if frame else ""
    return {str(width): f"{API}/assets/{asset_id}/poster?w={width}{stamp}" for width in POSTER_WIDTHS}


def asset_shape(asset: Asset) -> dict[str, Any]:
    """A card; read it through :func:`with_cards`."""
    base = f"{API}/assets/{asset.pk}"
    take = getattr(asset, "take", None)
    names = {it.name: it for it in asset.renditions.all()}
    sprite = names.get("sprite")
    return {
        "id": str(asset.pk),
        "kind": asset.kind,
        "title": asset.title,
        "version": asset.version,
        "width": asset.width,
        "height": asset.height,
        "duration_ms": asset.duration_ms,
        "frames": asset.frames,
        "starred": asset.starred,
        "rejected": asset.rejected,
        "tags": asset.tags,
        "poster_urls": poster_urls(asset.pk, asset.poster_frame) if "poster-320" in names else None,
        "sprite": sprite_shape(f"{base}/sprite", sprite.width, asset) if sprite else None,
        "media_url": f"{base}/media",
        "take_id": str(take.pk) if take else None,
        "project_id": str(asset.project_id) if asset.project_id else None,
        "project_title": asset.project.title if asset.project else None,
        "prompt": take.prompt if take else "",
        "enhanced_prompt": take.enhanced_prompt if take else "",
        "seed": take.seed if take else None,
        "used_in_films": getattr(asset, "used_in_films", 0),
        "derived_from_id": str(asset.derived_from_id) if asset.derived_from_id else None,
        "created_at": asset.created_at.isoformat(),
        "deleted_at": asset.deleted_at.isoformat() if asset.deleted_at else None,
    }


def assets_shape(assets: Iterable[Asset]) -> list[dict[str, Any]]:
    """Several cards."""
    return [asset_shape(asset) for asset in assets]
