"""What lies on a canvas. Only document fields stand here: whatever an operation can change and undo."""

from django.db import models

from generation.presets import Quality
from projects.models.identity import new_id


class NodeKind(models.TextChoices):
    """The five kinds there are."""

    IMAGE = "image"
    SHOT = "shot"
    NOTE = "note"
    FRAME = "frame"
    FILM = "film"


class SeedMode(models.TextChoices):
    """Where the seeds of new takes come from."""

    RANDOM = "random"
    FIXED = "fixed"


class Node(models.Model):
    """One card. A shot hangs from an image, or from a take at a time, or from nothing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="nodes")
    kind = models.CharField(max_length=10, choices=NodeKind.choices)
    version = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=200, blank=True, default="")
    x = models.FloatField(default=0)
    y = models.FloatField(default=0)
    width = models.FloatField(default=320)
    height = models.FloatField(default=260)
    # One of the eight lineage colours by number, or empty.
    color = models.CharField(max_length=20, blank=True, default="")
    # Deleted by an operation that can be undone; media stays until the bin is emptied.
    deleted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    # image: the picture. film: null.
    asset = models.ForeignKey("projects.Asset", on_delete=models.PROTECT, null=True, blank=True, related_name="nodes")
    # film: which one.
    film = models.ForeignKey("projects.Film", on_delete=models.CASCADE, null=True, blank=True, related_name="nodes")
    # note: markdown.
    text = models.TextField(blank=True, default="")

    # shot: where it starts. An image node, or a take (of any shot) at a frame; both null: from text alone.
    parent_node = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="children")
    parent_take = models.ForeignKey(
        "projects.Take", on_delete=models.SET_NULL, null=True, blank=True, related_name="child_shots"
    )
    # Frames of the parent take before the cut, at least 1; null: its end.
    parent_frames = models.PositiveIntegerField(null=True, blank=True)
    prompt = models.TextField(blank=True, default="")
    # Prompts of single seconds: {"3": "..."}; others inherit the shot's.
    second_prompts = models.JSONField(default=dict, blank=True)
    enhance = models.BooleanField(default=True)
    enhanced_prompt = models.TextField(blank=True, default="")
    # The enhanced prompt was edited or approved and is not to be made again.
    enhanced_locked = models.BooleanField(default=False)
    duration_s = models.PositiveSmallIntegerField(default=4)
    takes_wanted = models.PositiveSmallIntegerField(default=2)
    seed_mode = models.CharField(max_length=10, choices=SeedMode.choices, default=SeedMode.RANDOM)
    seed = models.PositiveBigIntegerField(null=True, blank=True)
    # "source" (the picture's own), or "16:9", "1:1", ...
    aspect = models.CharField(max_length=10, default="source")
    quality = models.CharField(
        max_length=20, choices=[(it.value, it.value) for it in Quality], default=Quality.STANDARD.value
    )
    chosen_take = models.ForeignKey("projects.Take", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        """Opening a canvas reads a project's nodes."""

        indexes = (models.Index(fields=("project", "deleted_at")),)
