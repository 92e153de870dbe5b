"""Cutting a piece out of a take, as an asset of its own."""

from uuid import UUID

from django.db import transaction

from generation.contract.requests import FRAMES_PER_SECOND
from projects.actions.idempotency import note_made
from projects.actions.take_files import keep_blob, keep_renditions
from projects.actions.take_wishes import take_for
from projects.artifact_store import artifacts
from projects.errors import FieldProblem, Invalid, Unavailable
from projects.media.film_render import FilmOrder, Source, render_film
from projects.media.provenance import provenance_tags
from projects.media.renditions import store_clip_pictures
from projects.models import Asset, Chunk, User
from projects.models.asset import AssetKind
from projects.models.project import Role
from projects.rules.film_plan import Clip, plan_film


def trim_take(user: User, take_id: UUID, *, start_frame: int, stop_frame: int) -> Asset:
    """Frames ``[start_frame, stop_frame)`` of a take's finished seconds as a clip in the library.

    Raises:
        Invalid: If there are no such frames.
        Unavailable: If it cannot be written.
    """
    take = take_for(user, take_id, Role.EDITOR)
    chunks = list(Chunk.objects.filter(take=take).exclude(fragment_key="").order_by("index"))
    most = len(chunks) * FRAMES_PER_SECOND
    if not 0 <= start_frame < stop_frame <= most:
        problem = FieldProblem(path="stop_frame", code="out_of_range")
        raise Invalid(f"frames must be 0 <= start < stop <= {most}", fields=(problem,))
    width, height = chunks[0].width, chunks[0].height
    clip = Clip(source="take", width=width, height=height, frames=most, start=start_frame, stop=stop_frame)
    order = FilmOrder(
        pieces=tuple(plan_film([clip], width=width, height=height)),
        sources={
            "take": Source(init_key=chunks[0].init_key, fragment_keys=tuple(chunk.fragment_key for chunk in chunks))
        },
        width=width,
        height=height,
        tags=provenance_tags(content_id=str(take.pk)),
    )
    store = artifacts()
    movie = render_film(store, order, on_progress=lambda _share: None, should_stop=lambda: False)
    if movie is None:
        raise Unavailable("the piece could not be cut out; try again")
    folder = f"pictures/{movie.sha256[:2]}/{movie.sha256}"
    renditions = store_clip_pictures(store, store.get(movie.key), frames=movie.facts.frames, folder=folder)
    with transaction.atomic():
        asset = Asset.objects.create(
            owner=user,
            project_id=take.project_id,
            kind=AssetKind.CLIP,
            blob=keep_blob(movie.sha256, movie.key, "video/mp4", movie.size),
            title=(take.shot.title if take.shot else "") or take.prompt[:200],
            width=width,
            height=height,
            frames=movie.facts.frames,
            duration_ms=round(movie.facts.seconds * 1000),
            derived_from=take.asset,
            search_text="\n".join([take.prompt, take.enhanced_prompt]),
        )
        keep_renditions(asset.pk, renditions)
        note_made(asset.pk)
    return asset
