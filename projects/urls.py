"""Addresses of the API, by resource. None ends with a slash."""

from django.urls import URLPattern, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.views import APIView

from projects.api import assets, films, media, own_data, people, projects, prompts, queue, shares, takes, uploads

Routes = list[tuple[str, type[APIView], str]]


def below(prefix: str, routes: Routes) -> list[URLPattern]:
    """Addresses that begin alike."""
    return [path(f"{prefix}{rest}", view.as_view(), name=name) for rest, view, name in routes]


me: Routes = [
    ("", people.Me, "me"),
    ("/settings", people.MySettings, "my-settings"),
    ("/tokens", people.MyTokens, "my-tokens"),
    ("/tokens/<uuid:token_id>", people.MyToken, "my-token"),
    ("/exports", own_data.MyExports, "my-exports"),
    ("/deletion", own_data.MyDeletion, "my-deletion"),
]
one_project: Routes = [
    ("", projects.ProjectDetail, "project"),
    ("/duplicate", projects.ProjectCopy, "project-duplicate"),
    ("/canvas", projects.Canvas, "canvas"),
    ("/ops", projects.Operations, "operations"),
    ("/history", projects.History, "history"),
    ("/checkpoints", projects.CheckpointList, "checkpoints"),
    ("/checkpoints/<uuid:checkpoint_id>/restore", projects.CheckpointRestore, "checkpoint-restore"),
    ("/shares", shares.ShareList, "shares"),
    ("/exports", films.ProjectExports, "project-exports"),
    ("/members", people.Members, "members"),
    ("/members/<uuid:user_id>", people.MemberOfProject, "member"),
    ("/owner", people.Owner, "project-owner"),
]
one_take: Routes = [
    ("", takes.TakeDetail, "take"),
    ("/cancel", takes.TakeCancel, "take-cancel"),
    ("/keep", takes.TakeKeep, "take-keep"),
    ("/pause", takes.TakePause, "take-pause"),
    ("/resume", takes.TakeResume, "take-resume"),
    ("/retry", takes.TakeRetry, "take-retry"),
    ("/regenerate", takes.TakeRegenerate, "take-regenerate"),
    ("/trim", takes.TakeTrim, "take-trim"),
]
line: Routes = [
    ("", queue.Queue, "queue"),
    ("/cancel", queue.QueueCancel, "queue-cancel"),
    ("/pause", queue.QueuePause, "queue-pause"),
    ("/resume", queue.QueueResume, "queue-resume"),
    ("/<uuid:take_id>", queue.QueuePlaceOfTake, "queue-place"),
]
sign_in: Routes = [
    ("/login", people.SignIn, "sign-in"),
    ("/logout", people.SignOut, "sign-out"),
    ("/invitations/<str:secret>", people.InvitationDoor, "invitation"),
    ("/invitations/<str:secret>/accept", people.InvitationAcceptance, "invitation-accept"),
]
staff: Routes = [
    ("/workers", people.Workers, "workers"),
    ("/users", people.Users, "users"),
    ("/invitations", people.Invitations, "invitations"),
]

library: Routes = [
    ("", assets.AssetList, "assets"),
    ("/bulk", assets.AssetBulkChange, "assets-bulk"),
    ("/<uuid:asset_id>", assets.AssetDetail, "asset"),
    ("/<uuid:asset_id>/lineage", assets.Lineage, "asset-lineage"),
    ("/<uuid:asset_id>/new-project", assets.AssetProject, "asset-project"),
]
collections: Routes = [
    ("", assets.CollectionList, "collections"),
    ("/<uuid:collection_id>", assets.CollectionDetail, "collection"),
]
all_films: Routes = [
    ("", films.FilmList, "films"),
    ("/<uuid:film_id>", films.FilmDetail, "film"),
    ("/<uuid:film_id>/build", films.FilmFromPath, "film-build"),
    ("/<uuid:film_id>/exports", films.FilmExports, "film-exports"),
    ("/<uuid:film_id>/estimate", films.FilmEstimate, "film-estimate"),
]
one_export: Routes = [
    ("", films.ExportDetail, "export"),
    ("/cancel", films.ExportCancel, "export-cancel"),
]
arriving: Routes = [
    ("", uploads.UploadList, "uploads"),
    ("/<uuid:upload_id>", uploads.UploadDetail, "upload"),
]
# Files: plain views, since they stream.
files = [
    path("takes/<uuid:take_id>/media", media.take_media, name="take-media"),
    path("takes/<uuid:take_id>/poster", media.take_poster, name="take-poster"),
    path("takes/<uuid:take_id>/sprite", media.take_sprite, name="take-sprite"),
    path("takes/<uuid:take_id>/frame", media.take_frame, name="take-frame"),
    path("takes/<uuid:take_id>/live/init.mp4", media.live_init, name="live-init"),
    path("takes/<uuid:take_id>/live/<int:second>.m4s", media.live_fragment, name="live-fragment"),
    path("takes/<uuid:take_id>/live/playlist.m3u8", media.live_playlist, name="live-playlist"),
    path("assets/<uuid:asset_id>/media", media.asset_media, name="asset-media"),
    path("assets/<uuid:asset_id>/poster", media.asset_poster, name="asset-poster"),
    path("assets/<uuid:asset_id>/sprite", media.asset_sprite, name="asset-sprite"),
    path("exports/<uuid:export_id>/media", media.export_media, name="export-media"),
    path("exports/<uuid:export_id>/sidecars/<str:name>", media.export_sidecar, name="export-sidecar"),
    path("public/s/<str:secret>/takes/<uuid:take_id>/media", shares.shared_media, name="shared-media"),
    path("public/s/<str:secret>/takes/<uuid:take_id>/poster", shares.shared_poster, name="shared-poster"),
    path("public/s/<str:secret>/pictures/<uuid:asset_id>/poster", shares.shared_picture, name="shared-picture"),
]

urlpatterns = [
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    *below("me", me),
    *below("auth", sign_in),
    *below("admin", staff),
    path("presets", people.Presets.as_view(), name="presets"),
    path("templates", projects.TemplateList.as_view(), name="templates"),
    path("projects", projects.ProjectList.as_view(), name="projects"),
    *below("projects/<uuid:project_id>", one_project),
    path("shots/<uuid:shot_id>/takes", takes.ShotTakes.as_view(), name="shot-takes"),
    *below("takes/<uuid:take_id>", one_take),
    path("prompts/enhance", prompts.Enhance.as_view(), name="enhance"),
    *below("queue", line),
    *below("assets", library),
    *below("collections", collections),
    *below("films", all_films),
    *below("exports/<uuid:export_id>", one_export),
    *below("uploads", arriving),
    path("shares/<uuid:share_id>", shares.ShareDetail.as_view(), name="share"),
    path("public/s/<str:secret>", shares.Shared.as_view(), name="shared"),
    *files,
]
