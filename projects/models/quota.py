"""The ledger of seconds: reserved when asked, settled by what was delivered, released when it failed."""

from django.conf import settings
from django.db import models


class QuotaKind(models.TextChoices):
    """Why seconds were booked."""

    RESERVED = "reserved"
    RELEASED = "released"
    # The take came whole, in a file or as a copy: nobody made anything for it, and it costs nothing.
    BROUGHT = "brought"
    GRANTED = "granted"


class QuotaEntry(models.Model):
    """One booking. A take's entries sum to the seconds it cost: what was reserved minus what was released.

    One that was brought has a single entry, of no seconds: what it costs is written down, not missing.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="quota_entries")
    take = models.ForeignKey(
        "projects.Take", on_delete=models.CASCADE, null=True, blank=True, related_name="quota_entries"
    )
    kind = models.CharField(max_length=10, choices=QuotaKind.choices)
    # Positive uses up, negative gives back.
    seconds = models.IntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """A day's use is a sum over a person's entries."""

        indexes = (models.Index(fields=("user", "created_at")),)
        constraints = (models.UniqueConstraint(fields=("take", "kind"), name="one_booking_per_take_and_kind"),)
