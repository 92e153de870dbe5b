"""Files that people own: pictures, clips and films; their bytes once per content; their smaller renditions; uploads."""

from django.conf import settings
from django.db import models

from projects.models.identity import new_id


class AssetKind(models.TextChoices):
    """What an asset is."""

    IMAGE = "image"
    CLIP = "clip"
    FILM = "film"


class Blob(models.Model):
    """Bytes in the artifact store, once per content."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    key = models.CharField(max_length=300)
    mime_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)


class Asset(models.Model):
    """A picture, clip or film in the library."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assets")
    # Where it was made or first used.
    project = models.ForeignKey(
        "projects.Project", on_delete=models.SET_NULL, null=True, blank=True, related_name="assets"
    )
    kind = models.CharField(max_length=10, choices=AssetKind.choices)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="assets")
    title = models.CharField(max_length=200, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    # 0 for pictures.
    duration_ms = models.PositiveIntegerField(default=0)
    frames = models.PositiveIntegerField(default=0)
    # The one that its posters show.
    poster_frame = models.PositiveIntegerField(default=0)
    starred = models.BooleanField(default=False)
    rejected = models.BooleanField(default=False)
    tags = models.JSONField(default=list, blank=True)
    # Both prompts, title and tags in one text, for search.
    search_text = models.TextField(blank=True, default="")
    # The asset it was cut, copied or rebuilt from.
    derived_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="derived")
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """The library lists a person's newest first."""

        indexes = (models.Index(fields=("owner", "deleted_at", "-created_at")),)


class Rendition(models.Model):
    """What was made of an asset: ``poster-160``, ``poster-320``, ``poster-640``, ``sprite``, copies."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="renditions")
    name = models.CharField(max_length=20)
    key = models.CharField(max_length=300)
    mime_type = models.CharField(max_length=100)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        """One of each name."""

        constraints = (models.UniqueConstraint(fields=("asset", "name"), name="one_rendition_per_name"),)


class UploadStatus(models.TextChoices):
    """Where an upload is."""

    RECEIVING = "receiving"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class UploadKind(models.TextChoices):
    """What an upload is to become."""

    # A picture or clip of the library.
    MEDIA = "media"
    # A whole project, of a file that a studio wrote.
    PROJECT = "project"


class Upload(models.Model):
    """A resumable upload (tus 1.0); becomes an asset, or a project."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads")
    # Where it goes to; of a whole project: what it became.
    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, null=True, blank=True, related_name="uploads"
    )
    kind = models.CharField(max_length=10, choices=UploadKind.choices, default=UploadKind.MEDIA)
    # SHA-256 of the whole file, as announced, or as found once it was there; in hexadecimal digits.
    sha256 = models.CharField(max_length=64, blank=True, default="")
    # The image node that waits for it.
    node = models.ForeignKey("projects.Node", on_delete=models.SET_NULL, null=True, blank=True, related_name="uploads")
    filename = models.CharField(max_length=255, blank=True, default="")
    size = models.PositiveBigIntegerField()
    offset = models.PositiveBigIntegerField(default=0)
    status = models.CharField(max_length=12, choices=UploadStatus.choices, default=UploadStatus.RECEIVING)
    error_code = models.CharField(max_length=40, blank=True, default="")
    error_params = models.JSONField(default=dict, blank=True)
    asset = models.ForeignKey(Asset, on_delete=models.SET_NULL, null=True, blank=True, related_name="uploads")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()


class Collection(models.Model):
    """A named set of assets."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="collections")
    title = models.CharField(max_length=200)
    assets = models.ManyToManyField(Asset, related_name="collections", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
