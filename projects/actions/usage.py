"""What a person has used: seconds today, bytes kept, and the last thirty days."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, DateTimeField, Sum, UUIDField
from django.db.models.functions import TruncDate
from django.utils import timezone

from projects.actions.quota import seconds_limit, seconds_used
from projects.models import Asset, QuotaEntry, Take, Upload, User
from projects.models.asset import UploadStatus
from projects.models.prepared import Prepared
from projects.models.quota import QuotaKind
from projects.models.take import TakeStatus

_DAYS = 30
_RESERVED = Prepared(
    lambda user: (
        Take.objects.filter(requested_by=user, status__in=(TakeStatus.QUEUED, TakeStatus.RUNNING))
        .order_by()
        .values_list("requested_by_id")
        .annotate(total=Sum("duration_s"))
    ),
    user=UUIDField(),
)
_BY_DAY = Prepared(
    lambda user, since: (
        QuotaEntry.objects.filter(user=user, created_at__gte=since)
        .exclude(kind=QuotaKind.BROUGHT)
        .annotate(date=TruncDate("created_at"))
        .values("date")
        .annotate(seconds=Sum("seconds"), takes=Count("take", distinct=True))
        .order_by("date")
    ),
    user=UUIDField(),
    since=DateTimeField(),
)
_BLOBS = Prepared(
    lambda user: Asset.objects.filter(owner=user).order_by().values_list("blob_id", "blob__size").distinct(),
    user=UUIDField(),
)


def usage_of(user: User) -> dict[str, Any]:
    """A person's usage, as clients see it."""
    now = timezone.now()
    days = _BY_DAY(user=user.pk, since=now - timedelta(days=_DAYS))
    return {
        "seconds_today": max(0, seconds_used(user, now=now)),
        "seconds_limit": seconds_limit(user),
        "seconds_reserved": sum(total for _, total in _RESERVED(user=user.pk)),
        "storage_bytes": stored_bytes(user),
        "storage_limit": settings.STORAGE_BYTES_PER_PERSON,
        "days": [
            {"date": day["date"].isoformat(), "seconds": max(0, day["seconds"] or 0), "takes": day["takes"]}
            for day in days
        ],
    }


def stored_bytes(user: User) -> int:
    """Bytes of a person's files, each content counted once."""
    return sum(size for _, size in _BLOBS(user=user.pk))


def coming_bytes(user: User) -> int:
    """Bytes that a person has announced and that are not taken in yet."""
    coming = Upload.objects.filter(owner=user, status__in=(UploadStatus.RECEIVING, UploadStatus.PROCESSING))
    return int(coming.aggregate(total=Sum("size"))["total"] or 0)
