"""The operation log: every edit of a canvas as a command with its inverse; and named moments in it."""

from django.conf import settings
from django.db import models

from projects.models.identity import new_id


class Operation(models.Model):
    """One applied command. The id comes from the client, so a command sent twice is applied once."""

    id = models.UUIDField(primary_key=True, editable=False)
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="operations")
    seq = models.PositiveBigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # The browser tab that made it: it does not need to hear of its own edits.
    client_id = models.CharField(max_length=64)
    # Commands of one gesture share a group; undo takes groups.
    group_id = models.CharField(max_length=64, blank=True, default="")
    type = models.CharField(max_length=40)
    # What the command changed: {"node": id, "before": {...}, "after": {...}}.
    body = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """The log has one order."""

        constraints = (models.UniqueConstraint(fields=("project", "seq"), name="operations_have_one_order"),)


class Checkpoint(models.Model):
    """A moment in the log that somebody named, and the whole document as it was then."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="checkpoints")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    operation_seq = models.PositiveBigIntegerField()
    document = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
