"""Addresses of the API, by resource. None ends with a slash."""

from django.urls import URLPattern, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.views import APIView

from projects.api import people, projects, prompts, queue, takes

Routes = list[tuple[str, type[APIView], str]]


def below(prefix: str, routes: Routes) -> list[URLPattern]:
    """Addresses that begin alike."""
    return [path(f"{prefix}{rest}", view.as_view(), name=name) for rest, view, name in routes]


me: Routes = [
    ("", people.Me, "me"),
    ("/settings", people.MySettings, "my-settings"),
    ("/tokens", people.MyTokens, "my-tokens"),
    ("/tokens/<uuid:token_id>", people.MyToken, "my-token"),
]
one_project: Routes = [
    ("", projects.ProjectDetail, "project"),
    ("/duplicate", projects.ProjectCopy, "project-duplicate"),
    ("/canvas", projects.Canvas, "canvas"),
    ("/ops", projects.Operations, "operations"),
    ("/history", projects.History, "history"),
    ("/checkpoints", projects.CheckpointList, "checkpoints"),
    ("/checkpoints/<uuid:checkpoint_id>/restore", projects.CheckpointRestore, "checkpoint-restore"),
    ("/members", people.Members, "members"),
    ("/members/<uuid:user_id>", people.MemberOfProject, "member"),
]
one_take: Routes = [
    ("", takes.TakeDetail, "take"),
    ("/cancel", takes.TakeCancel, "take-cancel"),
    ("/keep", takes.TakeKeep, "take-keep"),
    ("/pause", takes.TakePause, "take-pause"),
    ("/resume", takes.TakeResume, "take-resume"),
    ("/retry", takes.TakeRetry, "take-retry"),
    ("/regenerate", takes.TakeRegenerate, "take-regenerate"),
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
]
