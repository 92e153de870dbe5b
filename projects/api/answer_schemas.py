"""The shapes of :mod:`projects.shapes` as serializers: what the schema, and the types of clients, are made from.

They describe, they do not render; a test holds them against what is really sent.
"""

from typing import Any

from rest_framework import serializers as s

from generation.presets import Quality
from projects.models.asset import AssetKind, UploadKind
from projects.models.film import ExportStatus, Transition
from projects.models.node import NodeKind, SeedMode
from projects.models.project import Role, ShareScope
from projects.models.take import TakePhase, TakeStatus


def _fields(**fields: s.Field) -> dict[str, s.Field]:  # type: ignore[type-arg]
    return fields


def _schema(
    title: str,
    base: type[s.Serializer[Any]] = s.Serializer,
    /,
    **fields: s.Field,  # type: ignore[type-arg]
) -> type[s.Serializer[Any]]:
    return type(title, (base,), {"__doc__": f"{title}.", "__module__": __name__, **_fields(**fields)})


def _text(**options: Any) -> s.CharField:  # noqa: ANN401
    return s.CharField(**options)


def _maybe_text() -> s.CharField:
    return s.CharField(allow_null=True)


def _maybe_id() -> s.UUIDField:
    return s.UUIDField(allow_null=True)


def _maybe_int() -> s.IntegerField:
    return s.IntegerField(allow_null=True)


def _maybe_time() -> s.DateTimeField:
    return s.DateTimeField(allow_null=True)


def _posters() -> s.DictField:
    return s.DictField(child=s.CharField(), allow_null=True)


ERROR = _schema("TakeError", code=_text(), params=s.DictField(), support_id=_text())
PLACE = _schema(
    "QueuePlace", position=s.IntegerField(), ahead_s=s.FloatField(), starts_in_s=s.FloatField(), eta_s=s.FloatField(),
    eta_range_s=s.ListField(child=s.FloatField()),
)  # fmt: skip
SPRITE = _schema(
    "Sprite", url=_text(), columns=s.IntegerField(), count=s.IntegerField(), width=s.IntegerField(),
    height=s.IntegerField(),
)  # fmt: skip
LIVE = _schema(
    "Live", init_url=_text(), playlist_url=_text(), mime_type=_text(), chunk_urls=s.ListField(child=s.CharField())
)
TAKE = _schema(
    "Take",
    id=s.UUIDField(), shot_id=_maybe_id(), project_id=s.UUIDField(), ordinal=s.IntegerField(),
    version=s.IntegerField(), status=s.ChoiceField(choices=TakeStatus.choices),
    phase=s.ChoiceField(choices=TakePhase.choices, allow_blank=True), prompt=_text(), enhanced_prompt=_text(),
    duration_s=s.IntegerField(), seed=s.IntegerField(), parent_take_id=_maybe_id(), parent_frames=_maybe_int(),
    redo_of_id=_maybe_id(), shared_seconds=s.IntegerField(), seconds_ready=s.IntegerField(),
    cells=s.ListField(child=s.FloatField()), truncated=s.BooleanField(), paused=s.BooleanField(),
    recovered=s.BooleanField(), error=ERROR(allow_null=True), cancel_requested=s.BooleanField(),
    keep_ready=s.BooleanField(), starred=s.BooleanField(), rejected=s.BooleanField(),
    tags=s.ListField(child=s.CharField()), width=s.IntegerField(), height=s.IntegerField(),
    queue=PLACE(allow_null=True), poster_urls=_posters(), poster_at_s=s.FloatField(allow_null=True),
    sprite=SPRITE(allow_null=True), live=LIVE(allow_null=True),
    media_url=_maybe_text(), asset_id=_maybe_id(), settings=s.DictField(), created_at=s.DateTimeField(),
    started_at=_maybe_time(), finished_at=_maybe_time(),
)  # fmt: skip
ASSET = _schema(
    "AssetCard",
    id=s.UUIDField(), kind=s.ChoiceField(choices=AssetKind.choices), title=_text(), version=s.IntegerField(),
    width=s.IntegerField(), height=s.IntegerField(), duration_ms=s.IntegerField(), frames=s.IntegerField(),
    starred=s.BooleanField(), rejected=s.BooleanField(), tags=s.ListField(child=s.CharField()),
    poster_urls=_posters(), sprite=SPRITE(allow_null=True), media_url=_text(), take_id=_maybe_id(),
    project_id=_maybe_id(), project_title=_maybe_text(), prompt=_text(), enhanced_prompt=_text(), seed=_maybe_int(),
    used_in_films=s.IntegerField(), derived_from_id=_maybe_id(), created_at=s.DateTimeField(),
    deleted_at=_maybe_time(),
)  # fmt: skip
# A row of the line: the take and where it belongs.
QUEUED_TAKE = _schema(
    "QueuedTake", TAKE,
    project_title=_text(), shot_title=_text(), shot_number=_text(), shot_takes=s.IntegerField(),
    start_url=_maybe_text(),
)  # fmt: skip
NODE = _schema(
    "Node",
    id=s.UUIDField(), kind=s.ChoiceField(choices=NodeKind.choices), version=s.IntegerField(), film_id=_maybe_id(),
    deleted=s.BooleanField(), title=_text(), x=s.FloatField(), y=s.FloatField(), width=s.FloatField(),
    height=s.FloatField(), color=_text(), asset_id=_maybe_id(), text=_text(), parent_node_id=_maybe_id(),
    parent_take_id=_maybe_id(), parent_frames=_maybe_int(), prompt=_text(),
    second_prompts=s.DictField(child=s.CharField()), enhance=s.BooleanField(), enhanced_prompt=_text(),
    enhanced_locked=s.BooleanField(), duration_s=s.IntegerField(), takes_wanted=s.IntegerField(),
    seed_mode=s.ChoiceField(choices=SeedMode.choices), seed=_maybe_int(), aspect=_text(),
    quality=s.ChoiceField(choices=[it.value for it in Quality]),
    chosen_take_id=_maybe_id(),
)  # fmt: skip
ITEM = _schema(
    "FilmItem", id=s.UUIDField(), order=s.FloatField(), take_id=_maybe_id(), asset_id=_maybe_id(),
    start_frame=s.IntegerField(), stop_frame=_maybe_int(), transition=s.ChoiceField(choices=Transition.choices),
    transition_frames=s.IntegerField(), continuous=s.BooleanField(),
)  # fmt: skip
FILM = _schema(
    "Film", id=s.UUIDField(), project_id=s.UUIDField(), title=_text(), version=s.IntegerField(), items=ITEM(many=True),
    duration_frames=s.IntegerField(),
)  # fmt: skip
SIDECAR = _schema("Sidecar", name=_text(), url=_text())
EXPORT = _schema(
    "Export", id=s.UUIDField(), film_id=_maybe_id(), project_id=_maybe_id(), preset=_text(), options=s.DictField(),
    status=s.ChoiceField(choices=ExportStatus.choices), progress=s.FloatField(), error=ERROR(allow_null=True),
    media_url=_maybe_text(), sidecars=SIDECAR(many=True), created_at=s.DateTimeField(), finished_at=_maybe_time(),
    expires_at=_maybe_time(),
)  # fmt: skip
PROJECT = _schema(
    "Project", id=s.UUIDField(), title=_text(), version=s.IntegerField(), role=s.ChoiceField(choices=Role.choices),
    settings=s.DictField(), shots=s.IntegerField(), seconds=s.IntegerField(), running=s.IntegerField(),
    poster_urls=_posters(), preview_url=_maybe_text(), created_at=s.DateTimeField(), edited_at=s.DateTimeField(),
    archived_at=_maybe_time(), deleted_at=_maybe_time(),
)  # fmt: skip
CLASH = _schema(
    "Clash", id=s.UUIDField(), node_id=s.UUIDField(), field=_text(), yours=s.JSONField(), theirs=s.JSONField(),
    version=s.IntegerField(),
)  # fmt: skip
APPLIED_ONE = _schema(
    "AppliedOperation", id=s.UUIDField(), seq=s.IntegerField(), node_versions=s.DictField(child=s.IntegerField())
)
DAY = _schema("UsageDay", date=s.DateField(), seconds=s.IntegerField(), takes=s.IntegerField())
USAGE = _schema(
    "Usage", seconds_today=s.IntegerField(), seconds_limit=s.IntegerField(), seconds_reserved=s.IntegerField(),
    storage_bytes=s.IntegerField(), storage_limit=s.IntegerField(), days=DAY(many=True),
)  # fmt: skip
USER = _schema(
    "User", id=s.UUIDField(), username=_text(), display_name=_text(), language=_text(), settings=s.DictField(),
    is_staff=s.BooleanField(), mode=s.ChoiceField(choices=("local", "team")), usage=USAGE(), preset=_text(),
)  # fmt: skip
SHARE = _schema(
    "ShareLink", id=s.UUIDField(), scope=s.ChoiceField(choices=ShareScope.choices), film_id=_maybe_id(),
    allow_copy=s.BooleanField(), hint=_text(), url=_maybe_text(), created_at=s.DateTimeField(),
    expires_at=_maybe_time(), revoked_at=_maybe_time(),
)  # fmt: skip
UPLOAD = _schema(
    "Upload", id=s.UUIDField(), kind=s.ChoiceField(choices=UploadKind.choices), status=_text(),
    offset=s.IntegerField(), size=s.IntegerField(), error=ERROR(allow_null=True), asset=ASSET(allow_null=True),
    project_id=_maybe_id(),
)  # fmt: skip
OPERATION = _schema(
    "Operation", id=s.UUIDField(), seq=s.IntegerField(), type=_text(), group_id=_text(), body=s.DictField(), by=_text(),
    at=s.DateTimeField(),
)  # fmt: skip
CHECKPOINT = _schema(
    "Checkpoint", id=s.UUIDField(), name=_text(), operation_seq=s.IntegerField(), created_at=s.DateTimeField()
)
TEMPLATE_SHOT = _schema(
    "TemplateShot", prompt=s.DictField(child=s.CharField()), second_prompts=s.DictField(child=s.CharField()),
    duration_s=s.IntegerField(), x=s.FloatField(), y=s.FloatField(),
)  # fmt: skip
TEMPLATE = _schema(
    "Template", id=_text(), title=s.DictField(child=s.CharField()), shots=s.IntegerField(), poster=_maybe_text(),
    note=s.DictField(child=s.CharField()), tree=TEMPLATE_SHOT(many=True),
)  # fmt: skip
MEMBER = _schema("Member", user_id=s.UUIDField(), username=_text(), role=s.ChoiceField(choices=Role.choices))
TOKEN = _schema(
    "ApiToken", id=s.UUIDField(), name=_text(), hint=_text(), secret=_maybe_text(), created_at=s.DateTimeField(),
    last_used_at=_maybe_time(),
)  # fmt: skip
WORKER = _schema(
    "Worker", name=_text(), kind=_text(), preset=_text(), device=_text(), alive=s.BooleanField(), holds=_text(),
    rss_bytes=s.IntegerField(), last_error=_text(), stage_seconds=s.FloatField(), heard_at=s.DateTimeField(),
)  # fmt: skip
SHARED_PROJECT = _schema("SharedProject", id=s.UUIDField(), title=_text(), members=s.IntegerField())
DELETION = _schema(
    "Deletion", refused=_maybe_text(), params=s.DictField(), projects=s.IntegerField(),
    shared=SHARED_PROJECT(many=True), memberships=s.IntegerField(), takes=s.IntegerField(),
)  # fmt: skip
INVITATION = _schema(
    "Invitation", id=s.UUIDField(), email=_text(), url=_maybe_text(), expires_at=s.DateTimeField(),
    accepted_at=_maybe_time(),
)  # fmt: skip
SPAN = _schema("Span", start=s.IntegerField(), stop=s.IntegerField())
COLLECTION = _schema("Collection", id=s.UUIDField(), title=_text(), assets=s.IntegerField())
OFFER = _schema(
    "QualityOffer", quality=s.ChoiceField(choices=[it.value for it in Quality]), num_steps=s.IntegerField(),
    relative_cost=s.FloatField(),
)  # fmt: skip
PRESET = _schema(
    "Preset", name=_text(), width=s.IntegerField(), height=s.IntegerField(), seconds=s.IntegerField(),
    step_choices=s.ListField(child=s.IntegerField()), qualities=OFFER(many=True), current=s.BooleanField(),
)  # fmt: skip


def _page(name: str, item: type[s.Serializer[Any]]) -> type[s.Serializer[Any]]:
    return _schema(name, results=item(many=True), next=_maybe_text(), previous=_maybe_text())


SCHEMAS: dict[str, Any] = {
    "Take": TAKE, "Node": NODE, "Film": FILM, "Export": EXPORT, "Project": PROJECT, "User": USER, "Usage": USAGE,
    "ShareLink": SHARE, "Upload": UPLOAD, "Checkpoint": CHECKPOINT, "AssetCard": ASSET, "ApiToken": TOKEN,
    "Invitation": INVITATION, "Collection": COLLECTION,
    "ProjectList": _page("ProjectList", PROJECT),
    "AssetList": _schema(
        "AssetList", results=ASSET(many=True), next=_maybe_text(), previous=_maybe_text(),
        facets=s.DictField(allow_null=True),
    ),
    "TemplateList": TEMPLATE(many=True), "CheckpointList": CHECKPOINT(many=True), "FilmList": FILM(many=True),
    "ShareList": SHARE(many=True), "MemberList": MEMBER(many=True), "Member": MEMBER, "TokenList": TOKEN(many=True),
    "WorkerList": WORKER(many=True), "InvitationList": INVITATION(many=True), "UserList": USER(many=True),
    "PresetList": PRESET(many=True), "CollectionList": COLLECTION(many=True),
    "Canvas": _schema(
        "Canvas", project=PROJECT(), nodes=NODE(many=True), takes=TAKE(many=True), films=FILM(many=True),
        assets=ASSET(many=True), seq=s.IntegerField(), operation_seq=s.IntegerField(),
    ),
    "Applied": _schema(
        "Applied", applied=APPLIED_ONE(many=True), clashes=CLASH(many=True), operation_seq=s.IntegerField()
    ),
    "History": _schema("History", operations=OPERATION(many=True)),
    "TakesMade": _schema("TakesMade", takes=TAKE(many=True), usage=USAGE()),
    "Enhanced": _schema(
        "Enhanced", text=_text(), additions=SPAN(many=True), model=_text(), warning=_maybe_text()
    ),
    "Queue": _schema(
        "Queue", running=QUEUED_TAKE(many=True), waiting=QUEUED_TAKE(many=True), done_today=QUEUED_TAKE(many=True),
        failed=QUEUED_TAKE(many=True), exports=EXPORT(many=True), paused=s.BooleanField(),
        average_wait_s=s.FloatField(), workers=s.IntegerField(), workers_starting=s.BooleanField(),
    ),
    "Count": _schema("Count", count=s.IntegerField()),
    "Lineage": _schema("Lineage", ancestors=ASSET(many=True), descendants=ASSET(many=True)),
    "Estimate": _schema("Estimate", bytes=s.IntegerField(), seconds=s.FloatField(), frames=s.IntegerField()),
    "SharedFilm": _schema(
        "SharedFilm", title=_text(), scope=_text(), allow_copy=s.BooleanField(), film=FILM(allow_null=True),
        takes=s.ListField(child=s.DictField()), nodes=s.ListField(child=s.DictField()),
        pictures=s.ListField(child=s.DictField()),
    ),
    "ExportList": EXPORT(many=True), "Deletion": DELETION,
    "InvitationOpen": _schema("InvitationOpen", email=_text(), invited_by=_text(), expires_at=s.DateTimeField()),
}  # fmt: skip
