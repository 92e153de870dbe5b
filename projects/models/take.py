"""A take: one variation of a shot, from the request to the file; and its chunks, one per second.

The six statuses are public. ``running`` lasts from the first stage to the last file; standing in line between two
stages is a take without a lease, not a status of its own.
"""

from django.conf import settings
from django.db import models

from projects.models.identity import new_id


class TakeStatus(models.TextChoices):
    """Where a take is; the last four are final."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    BLOCKED = "blocked"


class TakePhase(models.TextChoices):
    """What a running take is at; clients may ignore it."""

    WAITING = "waiting"
    ENHANCING = "enhancing"
    LOADING = "loading"
    DENOISING = "denoising"
    DECODING = "decoding"
    MUXING = "muxing"
    NONE = ""


class Take(models.Model):
    """One variation."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # Null once the shot was deleted for good; the take lives on in the library.
    shot = models.ForeignKey("projects.Node", on_delete=models.SET_NULL, null=True, related_name="takes")
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="takes")
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="takes")
    # Number within the shot, from 1, never reused.
    ordinal = models.PositiveIntegerField()
    # Grows with every change that a client may see.
    version = models.PositiveIntegerField(default=1)

    # What was asked; never changes. ``prompt`` is the person's own words, ``settings`` the whole snapshot.
    prompt = models.TextField(blank=True, default="")
    enhanced_prompt = models.TextField(blank=True, default="")
    settings = models.JSONField(default=dict)
    duration_s = models.PositiveSmallIntegerField()
    seed = models.PositiveBigIntegerField()
    # A generation.contract.messages.TakeSpec as plain values, complete when queued.
    spec = models.JSONField(default=dict)
    # Where it starts.
    parent_take = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="children")
    parent_frames = models.PositiveIntegerField(null=True, blank=True)
    source_asset = models.ForeignKey(
        "projects.Asset", on_delete=models.SET_NULL, null=True, blank=True, related_name="takes_from"
    )
    # A redo from second k shares chunks 1..k-1 with this take.
    redo_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="redos")
    # Seconds taken over from ``redo_of``; they are chunks of this take from the start.
    shared_seconds = models.PositiveSmallIntegerField(default=0)

    status = models.CharField(max_length=10, choices=TakeStatus.choices, default=TakeStatus.QUEUED)
    phase = models.CharField(max_length=10, choices=TakePhase.choices, default=TakePhase.WAITING, blank=True)
    # A code of the error catalogue with its parameters, for failed and blocked.
    error_code = models.CharField(max_length=40, blank=True, default="")
    error_params = models.JSONField(default=dict, blank=True)
    # For operators only.
    error_detail = models.TextField(blank=True, default="")
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    # On cancel: close the file after the last whole second.
    keep_ready = models.BooleanField(default=False)
    paused = models.BooleanField(default=False)
    # Ends before the seconds asked for.
    truncated = models.BooleanField(default=False)

    # The lease of the stage in hand. ``token`` grows with each lease; messages with an older one change nothing.
    token = models.PositiveBigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=100, blank=True, default="")
    # Committed so far: the stage to run next, and what it needs.
    stage = models.PositiveIntegerField(default=0)
    num_stages = models.PositiveIntegerField(default=0)
    state_key = models.CharField(max_length=300, blank=True, default="")
    texts_key = models.CharField(max_length=300, blank=True, default="")
    context_key = models.CharField(max_length=300, blank=True, default="")
    # Times a worker died on it, and times a stage was tried again after a failure.
    deaths = models.PositiveSmallIntegerField(default=0)
    retries = models.PositiveSmallIntegerField(default=0)
    # A worker was lost on it and it went on.
    recovered = models.BooleanField(default=False)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    # Place among the same person's waiting takes; null: by age.
    queue_order = models.FloatField(null=True, blank=True)
    # Stages the current holder has run in a row, for the quantum.
    quantum_used = models.PositiveIntegerField(default=0)

    asset = models.OneToOneField(
        "projects.Asset", on_delete=models.SET_NULL, null=True, blank=True, related_name="take"
    )
    starred = models.BooleanField(default=False)
    rejected = models.BooleanField(default=False)
    tags = models.JSONField(default=list, blank=True)
    # The frame that its poster is to show, from 0; null: nobody chose, so the first.
    poster_frame = models.PositiveIntegerField(null=True, blank=True)
    # The file's posters show another one so far.
    poster_due = models.BooleanField(default=False)

    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """The queue reads by status; a shot's takes are numbered once."""

        constraints = (models.UniqueConstraint(fields=("shot", "ordinal"), name="takes_are_numbered_once"),)
        indexes = (
            models.Index(fields=("status", "lease_until")),
            models.Index(fields=("requested_by", "status")),
            models.Index(fields=("project", "-created_at")),
            models.Index(fields=("poster_due",), condition=models.Q(poster_due=True), name="takes_with_due_posters"),
        )


class Chunk(models.Model):
    """One second of a take: exists once its latents are stored, can be watched once ``fragment_key`` is set."""

    take = models.ForeignKey(Take, on_delete=models.CASCADE, related_name="chunks")
    index = models.PositiveSmallIntegerField()
    latents_key = models.CharField(max_length=300)
    latents_sha256 = models.CharField(max_length=64)
    # Latents before this chunk, for decoding.
    context_key = models.CharField(max_length=300, blank=True, default="")
    init_key = models.CharField(max_length=300, blank=True, default="")
    fragment_key = models.CharField(max_length=300, blank=True, default="")
    fragment_sha256 = models.CharField(max_length=64, blank=True, default="")
    fragment_bytes = models.PositiveIntegerField(default=0)
    mime_type = models.CharField(max_length=100, blank=True, default="")
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    poster_key = models.CharField(max_length=300, blank=True, default="")
    # The lease of decoding it.
    decode_token = models.PositiveBigIntegerField(default=0)
    decode_lease_until = models.DateTimeField(null=True, blank=True)
    decode_deaths = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    decoded_at = models.DateTimeField(null=True, blank=True)
    # The event went out; seconds are told in order.
    announced = models.BooleanField(default=False)

    class Meta:
        """Each second of a take exists once."""

        constraints = (models.UniqueConstraint(fields=("take", "index"), name="each_second_once"),)
