"""How takes end: with a file, with a reason, or because somebody said so. Quota is settled in the same transaction."""

import logging

from django.db import transaction

from projects import events
from projects.actions import quota
from projects.actions.take_changes import FINAL, change, finish, locked_take, tell_take
from projects.models import Asset, Chunk, Node, Take
from projects.models.take import TakePhase, TakeStatus

logger = logging.getLogger(__name__)


def seconds_ready(take: Take) -> int:
    """Seconds that can be watched, from the first without a gap."""
    indices = Chunk.objects.filter(take=take).exclude(fragment_key="").order_by("index").values_list("index", flat=True)
    return sum(1 for number, index in enumerate(indices) if index == number)


def is_all_seen(take: Take) -> bool:
    """Whether every second of a take is made and decoded."""
    made = bool(take.num_stages) and take.stage >= take.num_stages
    return made and seconds_ready(take) >= take.duration_s


def end_failed(take: Take, code: str, *, detail: str = "") -> None:
    """A take failed for a reason; its finished seconds stay, and cost nothing."""
    quota.release(take, delivered=0)
    finish(
        take, TakeStatus.FAILED, error_code=code, error_detail=detail[:4000], error_params={"second": take_second(take)}
    )
    _tell_quota(take)


@transaction.atomic
def put_aside(take_id: object, error: Exception) -> None:
    """A take that cannot be handed out fails with its reason, so that it does not hold up the others."""
    logger.error("take %s cannot be handed out", take_id, exc_info=error)
    take = locked_take(str(take_id))
    if take is not None and take.status not in FINAL:
        end_failed(take, "worker_failed", detail=f"{type(error).__name__}: {error}")


def end_cancelled(take: Take) -> None:
    """A take was cancelled: kept up to its last whole second if wished, else given up. Needs no lease any more."""
    ready = seconds_ready(take)
    if take.keep_ready and ready:
        close_after(take, ready)
        return
    quota.release(take, delivered=0)
    finish(take, TakeStatus.CANCELLED, error_params={"second": take_second(take)})
    _tell_quota(take)


def close_after(take: Take, ready: int) -> None:
    """Let a take end after its first seconds: what comes later is dropped, and its file is made next."""
    Chunk.objects.filter(take=take, index__gte=ready).delete()
    shorter = take.truncated or ready < take.duration_s
    change(
        take, duration_s=ready, truncated=shorter, lease_until=None, phase=TakePhase.MUXING, status=TakeStatus.RUNNING
    )
    Take.objects.filter(pk=take.pk).update(num_stages=max(1, take.num_stages), stage=max(1, take.num_stages))
    take.refresh_from_db()
    tell_take(take)


@transaction.atomic
def end_succeeded(take_id: object, asset: Asset) -> bool:
    """A take has its file; False if it has ended meanwhile, and the file is not needed."""
    take = locked_take(str(take_id))
    if take is None or take.status in FINAL or take.phase != TakePhase.MUXING:
        return False
    asset.save(force_insert=True)
    quota.release(take, delivered=take.duration_s - take.shared_seconds)
    finish(take, TakeStatus.SUCCEEDED, asset=asset, cancel_requested_at=None)
    if take.shot_id and Node.objects.filter(pk=take.shot_id, chosen_take=None).exists():
        Node.objects.filter(pk=take.shot_id).update(chosen_take=take)
    _tell_quota(take)
    return True


def take_second(take: Take) -> int:
    """The second at which a take stands, from 1."""
    return min(take.duration_s, seconds_ready(take) + 1)


def _tell_quota(take: Take) -> None:
    events.record(take.project_id, "quota.changed", entity_id=take.requested_by_id, data={})
