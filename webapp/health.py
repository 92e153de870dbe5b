"""Whether the studio lives, whether it can work, and how it fares, for machines that watch it."""

from datetime import timedelta
from hmac import compare_digest
from ipaddress import ip_address

from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.db.utils import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from redis import Redis
from redis.exceptions import RedisError

from generation.contract.messages import HEARTBEAT_SECONDS
from projects.models import Take, Worker

# What proxies add of whom they speak for.
_FORWARDED = {"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Real-Ip"}
_ALIVE_FOR = timedelta(seconds=3 * HEARTBEAT_SECONDS)


@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Database and broker answer; workers are told of, not demanded: without them takes wait."""
    parts = {"database": _database(), "broker": _broker()}
    healthy = all(parts.values())
    told: dict[str, object] = {"ready": healthy, **parts}
    if parts["database"] and _may_look_inside(request):
        told["workers"] = _workers()
    return JsonResponse(told, status=200 if healthy else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus metrics, from the database: true in every process. For strangers there is nothing here."""
    if not _may_look_inside(request):
        raise Http404
    registry = CollectorRegistry()
    takes = Gauge("sceneloom_takes", "Takes by status", ["status"], registry=registry)
    for row in Take.objects.values("status").annotate(count=Count("pk")):
        takes.labels(row["status"]).set(row["count"])
    workers = Gauge("sceneloom_workers_alive", "Workers heard of lately", ["kind"], registry=registry)
    memory = Gauge("sceneloom_worker_rss_bytes", "Peak memory of a worker", ["worker"], registry=registry)
    stage = Gauge("sceneloom_stage_seconds", "Average time of a stage", ["worker"], registry=registry)
    for worker in Worker.objects.all():
        if worker.heard_at >= timezone.now() - _ALIVE_FOR and not worker.stopping:
            workers.labels(worker.kind).inc()
            memory.labels(worker.name).set(worker.rss_bytes)
            stage.labels(worker.name).set(worker.stage_seconds)
    return HttpResponse(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_look_inside(request: HttpRequest) -> bool:
    """Whether somebody shows the operator's token or, where none is set, sits at this machine with no proxy between."""
    if settings.METRICS_TOKEN:
        shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return compare_digest(shown.encode(), settings.METRICS_TOKEN.encode())
    if _FORWARDED & set(request.headers):
        return False
    try:
        # Over a local socket there is no address.
        return ip_address(request.META.get("REMOTE_ADDR") or "127.0.0.1").is_loopback
    except ValueError:
        return False


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _broker() -> bool:
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
            return bool(client.ping())
    except (RedisError, OSError):
        return False


def _workers() -> list[dict[str, object]]:
    limit = timezone.now() - _ALIVE_FOR
    return [
        {"name": it.name, "kind": it.kind, "alive": it.heard_at >= limit and not it.stopping, "error": it.last_error}
        for it in Worker.objects.order_by("kind", "name")
    ]
