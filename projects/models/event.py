"""What happened, in order, until everybody has heard of it; and answers kept for requests that are sent twice."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from projects.models.identity import new_id


class Event(models.Model):
    """A past-tense fact about a project, numbered in the same transaction as the change that it tells of."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveBigIntegerField()
    type = models.CharField(max_length=40)
    # The entity, and its version after the change.
    entity_id = models.CharField(max_length=64)
    entity_version = models.PositiveIntegerField(default=0)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    # Null until it was sent to whoever listens: the outbox.
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Events of a project have one order; the outbox is read by what is not sent."""

        constraints = (models.UniqueConstraint(fields=("project", "seq"), name="events_have_one_order"),)
        indexes = (models.Index(fields=("published_at", "id")),)


class IdempotencyKey(models.Model):
    """The answer to a request that carried a key, to be given again for 24 hours."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    # Of method, path and body: the same key with another request is refused.
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    # Who carries it out, and until when nobody else may: a number that grows when somebody takes over.
    claim = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(default=timezone.now)
    # Ids of what was made, noted in its transaction; null before.
    made = models.JSONField(null=True, blank=True)
    # Null until it was answered.
    response = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """One answer per person and key."""

        constraints = (models.UniqueConstraint(fields=("user", "key"), name="one_answer_per_key"),)
