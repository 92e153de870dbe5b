"""Addresses of the API, by resource."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from projects.api import people, projects, prompts, queue, takes

me = [
    path("", people.Me.as_view(), name="me"),
    path("/settings", people.MySettings.as_view(), name="my-settings"),
    path("/tokens", people.MyTokens.as_view(), name="my-tokens"),
    path("/tokens/<uuid:token_id>", people.MyToken.as_view(), name="my-token"),
]
one_project = [
    path("", projects.ProjectDetail.as_view(), name="project"),
    path("/duplicate", projects.ProjectCopy.as_view(), name="project-duplicate"),
    path("/canvas", projects.Canvas.as_view(), name="canvas"),
    path("/ops", projects.Operations.as_view(), name="operations"),
    path("/history", projects.History.as_view(), name="history"),
    path("/checkpoints", projects.CheckpointList.as_view(), name="checkpoints"),
    path("/checkpoints/<uuid:checkpoint_id>/restore", projects.CheckpointRestore.as_view(), name="checkpoint-restore"),
    path("/members", people.Members.as_view(), name="members"),
    path("/members/<uuid:user_id>", people.MemberOfProject.as_view(), name="member"),
]
one_take = [
    path("", takes.TakeDetail.as_view(), name="take"),
    path("/cancel", takes.TakeCancel.as_view(), name="take-cancel"),
    path("/keep", takes.TakeKeep.as_view(), name="take-keep"),
    path("/pause", takes.TakePause.as_view(), name="take-pause"),
    path("/resume", takes.TakeResume.as_view(), name="take-resume"),
    path("/retry", takes.TakeRetry.as_view(), name="take-retry"),
    path("/regenerate", takes.TakeRegenerate.as_view(), name="take-regenerate"),
]
line = [
    path("", queue.Queue.as_view(), name="queue"),
    path("/cancel", queue.QueueCancel.as_view(), name="queue-cancel"),
    path("/pause", queue.QueuePause.as_view(), name="queue-pause"),
    path("/resume", queue.QueueResume.as_view(), name="queue-resume"),
    path("/<uuid:take_id>", queue.QueuePlaceOfTake.as_view(), name="queue-place"),
]
sign_in = [
    path("/login", people.SignIn.as_view(), name="sign-in"),
    path("/logout", people.SignOut.as_view(), name="sign-out"),
    path("/invitations/<str:secret>", people.InvitationDoor.as_view(), name="invitation"),
    path("/invitations/<str:secret>/accept", people.InvitationAcceptance.as_view(), name="invitation-accept"),
]
staff = [
    path("/workers", people.Workers.as_view(), name="workers"),
    path("/users", people.Users.as_view(), name="users"),
    path("/invitations", people.Invitations.as_view(), name="invitations"),
]

urlpatterns = [
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path("me", include(me)),
    path("auth", include(sign_in)),
    path("admin", include(staff)),
    path("presets", people.Presets.as_view(), name="presets"),
    path("templates", projects.TemplateList.as_view(), name="templates"),
    path("projects", projects.ProjectList.as_view(), name="projects"),
    path("projects/<uuid:project_id>", include(one_project)),
    path("shots/<uuid:shot_id>/takes", takes.ShotTakes.as_view(), name="shot-takes"),
    path("takes/<uuid:take_id>", include(one_take)),
    path("prompts/enhance", prompts.Enhance.as_view(), name="enhance"),
    path("queue", include(line)),
]
