"""People: accounts, invitations to become one, and tokens with which programs act for them."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from projects.models.identity import new_id


class User(AbstractUser):
    """A person. In local mode there is exactly one, made at the first start and never asked for a password."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # The only one of a studio without log-in.
    is_local = models.BooleanField(default=False)
    language = models.CharField(max_length=10, blank=True, default="")
    # What the settings screen keeps: theme, contrast, motion, autoplay, shortcuts, defaults of new shots.
    settings = models.JSONField(default=dict, blank=True)
    # Seconds of video per day; null: the studio's default.
    daily_seconds = models.PositiveIntegerField(null=True, blank=True)
    # Share among people who wait at the same time; 1 is everybody's.
    queue_weight = models.PositiveSmallIntegerField(default=1)
    queue_paused = models.BooleanField(default=False)
    # Stages run for them so far, divided by weight (projects.rules.scheduling).
    virtual_time = models.FloatField(default=0)
    # The account was closed by its person: the row stays where others' projects name it, and names nobody.
    deleted_at = models.DateTimeField(null=True, blank=True)


class Invitation(models.Model):
    """A link with which somebody may open an account, once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # SHA-256 of the secret in the link; the secret itself is shown once and not kept.
    secret_sha256 = models.CharField(max_length=64, unique=True)
    email = models.EmailField(blank=True, default="")
    invited_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations_sent")
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="invitations_accepted"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)


class ApiToken(models.Model):
    """A bearer token of a person, for programs; only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    # The first characters, to tell tokens apart in a list.
    hint = models.CharField(max_length=12)
    secret_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
