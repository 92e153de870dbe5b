"""A project to look at: a photo, three ways to move over it, one that goes on from the middle, and a film of two.

Nothing in it is made beforehand. Its takes are ordered like anybody's, so the studio's own model makes them, and who
opens it sees them grow.
"""

from collections.abc import Mapping
from pathlib import Path

from django.db import transaction

from projects.actions.film_changes import change_film, create_film
from projects.actions.projects import create_project
from projects.actions.take_orders import TakeOrder, request_takes
from projects.actions.uploads import Announced, begin_upload, continue_upload, process_upload, upload_of
from projects.errors import Invalid
from projects.models import Asset, Node, Project, Take, User

# In English and Chinese.
Words = Mapping[str, str]
TITLE: Words = {"en": "A cup of coffee", "zh-CN": "一杯咖啡"}
MOVES: tuple[Words, ...] = (
    {"en": "slow zoom in", "zh-CN": "缓慢推近"},
    {"en": "pan left", "zh-CN": "向左平移"},
    {"en": "slow tilt up", "zh-CN": "缓慢向上摇"},
)
GOES_ON: Words = {"en": "pan right", "zh-CN": "向右平移"}
NOTE: Words = {
    "en": "Each shot starts from the photo. The one on the right goes on from 1.5 seconds into the first; "
    "press + on any clip to do the same.",
    "zh-CN": "每个镜头都从这张照片开始。右边的镜头从第一个镜头的 1.5 秒处继续；在任何片段上按 + 即可这样做。",
}
SECONDS = 2
_CUT_FRAMES = 36
_STEP_X, _STEP_Y = 416.0, 480.0


def create_demo(user: User, picture: Path, *, language: str) -> Project:
    """The demo project, its takes in line.

    Args:
        user: Whose it is; its seconds are booked like others.
        picture: A photo.
        language: Of its words.

    Raises:
        Invalid: If the picture cannot be taken in.
        QuotaSpent: If the person has no seconds left for it today.
    """
    code = "zh-CN" if language.startswith("zh") else "en"
    asset = _taken_in(user, picture)
    with transaction.atomic():
        project = create_project(user, title=TITLE[code])
        Project.objects.filter(pk=project.pk).update(poster_asset=asset)
        image = Node.objects.create(
            project=project, kind="image", asset=asset, title=TITLE[code], width=220, height=165, y=_STEP_Y
        )
        Node.objects.create(project=project, kind="note", text=NOTE[code], width=220, height=200, y=_STEP_Y + 220)
        shots = [_shot(project, move[code], column=1, row=row, parent_node=image) for row, move in enumerate(MOVES)]
        first, *_ = [request_takes(user, shot.pk, TakeOrder(count=1))[0] for shot in shots]
        more = _shot(project, GOES_ON[code], column=2, row=0, parent_take=first, parent_frames=_CUT_FRAMES)
        (last,) = request_takes(user, more.pk, TakeOrder(count=1))
        for shot, take in ((shots[0], first), (more, last)):
            Node.objects.filter(pk=shot.pk).update(chosen_take=take)
        film = project.films.first() or create_film(user, project.pk, title=project.title)
        items = [{"take_id": str(first.pk), "stop_frame": _CUT_FRAMES}, {"take_id": str(last.pk)}]
        change_film(user, film.pk, {"items": items})
    return project


def _shot(project: Project, words: str, *, column: int, row: int, **origin: Node | Take | int) -> Node:
    return Node.objects.create(
        project=project, kind="shot", prompt=words, duration_s=SECONDS, takes_wanted=1, x=column * _STEP_X,
        y=row * _STEP_Y, **origin,
    )  # fmt: skip


def _taken_in(user: User, picture: Path) -> Asset:
    """A picture of the library, by the door that all pictures come through."""
    data = picture.read_bytes()
    upload = begin_upload(user, Announced(size=len(data), filename=picture.name))
    continue_upload(user, upload.pk, data, offset=0)
    process_upload(upload.pk)
    upload = upload_of(user, upload.pk)
    if upload.asset is None:
        raise Invalid(f"{picture.name} cannot be taken in", code=upload.error_code)
    return upload.asset
