"""Booking seconds: reserved when asked for, given back for what was not delivered."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import DateTimeField, Sum, UUIDField
from django.utils import timezone

from projects.errors import QuotaSpent
from projects.models import QuotaEntry, Take, User
from projects.models.prepared import Prepared
from projects.models.quota import QuotaKind

_BOOKED = Prepared(
    lambda user, since: (
        QuotaEntry.objects.filter(user=user, created_at__gte=since)
        .order_by()
        .values_list("user_id")
        .annotate(total=Sum("seconds"))
    ),
    user=UUIDField(),
    since=DateTimeField(),
)


def seconds_limit(user: User) -> int:
    """Seconds a person may make per day."""
    return int(user.daily_seconds if user.daily_seconds is not None else settings.DAILY_SECONDS)


def seconds_used(user: User, *, now: datetime) -> int:
    """Seconds booked today (UTC), reserved ones included."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return sum(int(total or 0) for _, total in _BOOKED(user=user.pk, since=midnight))


def require_seconds(user: User, seconds: int) -> None:
    """Refuse what is more than is left; call it in the transaction that reserves.

    Raises:
        QuotaSpent: With what is needed and what is left.
    """
    now = timezone.now()
    left = max(0, seconds_limit(user) - seconds_used(user, now=now))
    if seconds > left:
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        raise QuotaSpent(
            f"{seconds} s are needed and {left} s are left today",
            params={"needed_s": seconds, "left_s": left, "again_at": midnight.isoformat()},
        )


def reserve(take: Take, seconds: int) -> None:
    """Book a take's seconds."""
    QuotaEntry.objects.create(user_id=take.requested_by_id, take=take, kind=QuotaKind.RESERVED, seconds=seconds)


def note_brought(takes: Iterable[Take]) -> None:
    """Write down that takes came whole, from a file or as copies, and cost no seconds; their bytes count as storage."""
    QuotaEntry.objects.bulk_create(
        QuotaEntry(user_id=take.requested_by_id, take=take, kind=QuotaKind.BROUGHT, seconds=0) for take in takes
    )


def release(take: Take, *, delivered: int) -> None:
    """Give back what was reserved and not delivered; what was given back before is settled anew, not once more."""
    reserved = QuotaEntry.objects.filter(take=take, kind=QuotaKind.RESERVED).first()
    if reserved is None:
        return
    back = min(0, delivered - reserved.seconds)
    entry = QuotaEntry.objects.filter(take=take, kind=QuotaKind.RELEASED)
    if back and not entry.exists():
        QuotaEntry.objects.create(take=take, kind=QuotaKind.RELEASED, user_id=take.requested_by_id, seconds=back)
    # Dated like the booking it takes back, so that the day's sum is right even over midnight.
    entry.update(seconds=back, created_at=reserved.created_at)
