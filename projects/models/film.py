"""A film: takes in order, each trimmed to the frame; and its exports."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import models

from projects.models.identity import new_id

# Files of projects and of people's own data hold everything twice, and can be made again at any time.
FILES_KEPT = timedelta(days=7)


class Transition(models.TextChoices):
    """How an item begins."""

    CUT = "cut"
    DISSOLVE = "dissolve"


class ExportStatus(models.TextChoices):
    """Where an export is."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Film(models.Model):
    """A lane of clips."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="films")
    title = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)


class FilmItem(models.Model):
    """One clip in a film: frames ``[start_frame, stop_frame)`` of an asset or of a take still being made."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    film = models.ForeignKey(Film, on_delete=models.CASCADE, related_name="items")
    order = models.FloatField()
    take = models.ForeignKey(
        "projects.Take", on_delete=models.CASCADE, null=True, blank=True, related_name="film_items"
    )
    asset = models.ForeignKey(
        "projects.Asset", on_delete=models.CASCADE, null=True, blank=True, related_name="film_items"
    )
    start_frame = models.PositiveIntegerField(default=0)
    # Null: the clip's end, wherever it will be.
    stop_frame = models.PositiveIntegerField(null=True, blank=True)
    transition = models.CharField(max_length=10, choices=Transition.choices, default=Transition.CUT)
    # Of a dissolve, 4 to 24.
    transition_frames = models.PositiveSmallIntegerField(default=0)

    class Meta:
        """Items have one order."""

        ordering = ("order", "id")


class Export(models.Model):
    """A file made of a film; of a whole project, and then without film; or of all that is a person's, without both."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    film = models.ForeignKey(Film, on_delete=models.CASCADE, null=True, blank=True, related_name="exports")
    # Of a file of a whole project; a film knows its own.
    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, null=True, blank=True, related_name="exports"
    )
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports")
    # web_1080p, small_720p, master, contact_sheet, contact_sheet_pdf, archive; project; own_data
    preset = models.CharField(max_length=20)
    # fps, chapters, srt, project_json, and the items as they were when asked.
    options = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=ExportStatus.choices, default=ExportStatus.QUEUED)
    progress = models.FloatField(default=0)
    token = models.PositiveBigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    # Whether who holds the lease is at it, or the wish still waits in the worker's line.
    begun = models.BooleanField(default=False)
    deaths = models.PositiveSmallIntegerField(default=0)
    error_code = models.CharField(max_length=40, blank=True, default="")
    error_params = models.JSONField(default=dict, blank=True)
    asset = models.ForeignKey(
        "projects.Asset", on_delete=models.SET_NULL, null=True, blank=True, related_name="exports"
    )
    # Files beside the movie: {"srt": key, "project": key, ...}.
    sidecars = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    @property
    def project_key(self) -> UUID | None:
        """The project whose people may see it."""
        return self.film.project_id if self.film is not None else self.project_id

    @property
    def expires_at(self) -> datetime | None:
        """When its files are given up; None: not while there is the film, or not finished yet."""
        return self.finished_at + FILES_KEPT if self.film_id is None and self.finished_at is not None else None
