"""A project: one canvas, the people who may see or edit it, and links for people who have no account."""

from django.conf import settings
from django.db import models

from projects.models.identity import new_id


class Role(models.TextChoices):
    """What a person may do in a project; each includes the ones after it."""

    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


class ShareScope(models.TextChoices):
    """What a share link shows."""

    FILM = "film"
    FILM_AND_PROMPTS = "film_and_prompts"
    TREE = "tree"


class Project(models.Model):
    """A canvas and everything on it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="projects")
    title = models.CharField(max_length=200)
    # Defaults of new shots: duration_s, takes, aspect, quality, enhance.
    settings = models.JSONField(default=dict, blank=True)
    # Grows with every change of the fields above.
    version = models.PositiveIntegerField(default=1)
    # The last numbers given out: of events, and of operations.
    event_seq = models.PositiveBigIntegerField(default=0)
    operation_seq = models.PositiveBigIntegerField(default=0)
    # The picture of the card: the poster of the most recent chosen take or image.
    poster_asset = models.ForeignKey(
        "projects.Asset", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    # In the bin since; after 30 days it is deleted for good.
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Lists show the most recently edited first."""

        indexes = (models.Index(fields=("owner", "-edited_at")),)


class Membership(models.Model):
    """Somebody other than the owner who may see or edit a project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """One role per person and project."""

        constraints = (models.UniqueConstraint(fields=("project", "user"), name="one_role_per_member"),)


class ShareLink(models.Model):
    """A link that shows a film, or the tree it grew on, to whoever has it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="share_links")
    film = models.ForeignKey(
        "projects.Film", on_delete=models.CASCADE, null=True, blank=True, related_name="share_links"
    )
    scope = models.CharField(max_length=20, choices=ShareScope.choices, default=ShareScope.FILM)
    allow_copy = models.BooleanField(default=False)
    # SHA-256 of the secret in the link.
    secret_sha256 = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
