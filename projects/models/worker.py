"""Workers that exist, as they last said themselves."""

from django.db import models


class Worker(models.Model):
    """A generation or decode worker."""

    name = models.CharField(primary_key=True, max_length=100)
    kind = models.CharField(max_length=12)
    queue = models.CharField(max_length=120, blank=True, default="")
    preset = models.CharField(max_length=40, blank=True, default="")
    device = models.CharField(max_length=40, blank=True, default="")
    # Take whose state and keys it has in memory.
    holds = models.CharField(max_length=40, blank=True, default="")
    rss_bytes = models.PositiveBigIntegerField(default=0)
    last_error = models.TextField(blank=True, default="")
    stopping = models.BooleanField(default=False)
    started_at = models.DateTimeField(auto_now_add=True)
    heard_at = models.DateTimeField()
    # Seconds per stage with the model's usual steps, an exponential average, for estimates.
    stage_seconds = models.FloatField(default=0)
