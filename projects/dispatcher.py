"""The loop that moves everything: hands out leases, takes them back, finishes takes, sends what was not sent.

Not a Celery task, because it must outlive the broker. It looks when it is poked, and every second; a round
without work is a few short queries. Two dispatchers at once do no harm: each step is a compare-and-set in the database.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from redis import Redis
from redis.client import PubSub
from redis.exceptions import RedisError

from projects import events
from projects.actions.clock import database_now
from projects.actions.collection import Collector
from projects.actions.decoding import schedule_decoding
from projects.actions.export_life import lease_exports
from projects.actions.schedule import schedule
from projects.actions.sweep import forget_old, raise_cancel_flags, shift_leases, sweep
from projects.actions.take_posters import due_posters
from projects.actions.uploads import sweep_uploads
from projects.generation_client import (
    EXPORT_FILM,
    FINISH_TAKE,
    MAKE_POSTERS,
    POKE_CHANNEL,
    PROCESS_UPLOAD,
    submit_own,
)
from projects.models import Event, Take
from projects.models.take import TakePhase, TakeStatus

logger = logging.getLogger(__name__)

ROUND_SECONDS = 1.0
SWEEP_SECONDS = 2.0
FORGET_SECONDS = 600.0
COLLECT_SECONDS = 10.0
# A take that is to be finished, or an upload to be taken in, is asked for again after this long: whoever was asked may
# have died. Who is asked while another is at it has nothing to do.
FINISH_AGAIN_SECONDS = 30.0
TAKE_IN_AGAIN_SECONDS = 30.0
# More than this between what the database's clock and our steady one say is a jump.
JUMP_SECONDS = 5.0
_MOST_SENT = 500


@dataclass(slots=True, kw_only=True)
class _Clocks:
    """When each kind of work was done last; by the steady clock."""

    sweep: float = float("-inf")
    forget: float = float("-inf")
    collect: float = float("-inf")
    # Of the database; None before it was asked.
    wall: float | None = None
    steady: float = 0.0


class Dispatcher:
    """One loop. ``run`` returns when it is told to stop."""

    def __init__(self) -> None:
        self._clocks = _Clocks(steady=time.monotonic())
        # Takes asked to be finished, and when.
        self._finishing: dict[str, float] = {}
        # Takes whose posters were asked for, and when.
        self._posters: dict[str, float] = {}
        # Uploads seen waiting, and when they were last asked for.
        self._taking_in: dict[str, float] = {}
        self._collector = Collector()

    def run(self, should_stop: Callable[[], bool]) -> None:
        """Go round until told to stop; a database or broker that is away is waited for, and no error ends it."""
        waiter = _Waiter()
        while not should_stop():
            try:
                self.round()
            # Without this loop everything stands still, so whatever it is, it goes on.
            except Exception as error:
                expected = isinstance(error, DatabaseError | RedisError | OSError)
                logger.warning("a round was lost: %s", error, exc_info=None if expected else error)
                close_old_connections()
                time.sleep(1)
            waiter.wait(ROUND_SECONDS)
        waiter.close()

    def round(self) -> None:
        """Everything once. What goes wrong in one part keeps no other part from its work, and is raised at the end."""
        self._mind_the_clock()
        now = time.monotonic()
        parts: list[Callable[[], object]] = [
            raise_cancel_flags, schedule, schedule_decoding, self._finish, self._show, _export,
        ]  # fmt: skip
        if now - self._clocks.sweep >= SWEEP_SECONDS:
            self._clocks.sweep = now
            parts = [sweep, send_unsent, self._take_in, *parts]
        if now - self._clocks.forget >= FORGET_SECONDS:
            self._clocks.forget = now
            parts.append(forget_old)
        if now - self._clocks.collect >= COLLECT_SECONDS:
            self._clocks.collect = now
            parts.append(self._collector.collect_some)
        errors = [error for error in map(_error_of, parts) if error is not None]
        if errors:
            raise errors[0]

    def _finish(self) -> None:
        ready = Take.objects.filter(status=TakeStatus.RUNNING, phase=TakePhase.MUXING).values_list("pk", flat=True)
        self._finishing = _asked(FINISH_TAKE, {str(pk): str(pk) for pk in ready}, self._finishing)

    def _show(self) -> None:
        self._posters = _asked(MAKE_POSTERS, due_posters(), self._posters)

    def _take_in(self) -> None:
        """Ask again for uploads that were whole when a worker or the broker died."""
        now = time.monotonic()
        for pk in sweep_uploads():
            if now - self._taking_in.setdefault(pk, now) >= TAKE_IN_AGAIN_SECONDS:
                self._taking_in[pk] = now
                submit_own(PROCESS_UPLOAD, upload_id=pk)

    def _mind_the_clock(self) -> None:
        """Move leases along with the clock that they go by: the database's, whatever this machine's does."""
        wall, steady = database_now().timestamp(), time.monotonic()
        before, since = self._clocks.wall, steady - self._clocks.steady
        self._clocks.wall, self._clocks.steady = wall, steady
        if before is not None and abs(wall - before - since) > JUMP_SECONDS:
            shift_leases(wall - before - since)


def _asked(task: str, wanted: Mapping[str, str], asked: Mapping[str, float]) -> dict[str, float]:
    """Ask for what takes are to get, and again after a while.

    Args:
        task: Its name.
        wanted: Takes, each by a name for what it is to get.
        asked: When each was asked for before.

    Returns:
        When each that is wanted was asked for.
    """
    now = time.monotonic()
    known = {name: at for name, at in asked.items() if name in wanted}
    for name, take_id in wanted.items():
        if now - known.get(name, float("-inf")) >= FINISH_AGAIN_SECONDS and submit_own(task, take_id=take_id):
            known[name] = now
    return known


def _error_of(part: Callable[[], object]) -> Exception | None:
    """Do one part of a round; what went wrong in it, if anything did."""
    try:
        part()
    except DatabaseError:
        # The others need the database as well.
        raise
    except Exception as error:  # noqa: BLE001 - raised again after the other parts
        return error
    return None


def _export() -> None:
    for export_id in lease_exports():
        submit_own(EXPORT_FILM, export_id=export_id)


def send_unsent() -> int:
    """Send events of the outbox that whoever wrote them did not send.

    Returns:
        How many there were.
    """
    waiting = list(Event.objects.filter(published_at=None).order_by("id")[:_MOST_SENT])
    if waiting:
        events.publish(waiting)
    return len(waiting)


class _Waiter:
    """Waits for a poke, or a while; without Redis just a while."""

    def __init__(self) -> None:
        self._client = Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=1)
        self._ears = _ears_of(self._client)
        self._listens = False

    def wait(self, seconds: float) -> None:
        """Return when poked, at the latest after ``seconds``."""
        try:
            if not self._listens:
                self._ears.subscribe(POKE_CHANNEL)  # type: ignore[no-untyped-call] # untyped library
                self._listens = True
            until = time.monotonic() + seconds
            while (left := until - time.monotonic()) > 0:
                if self._ears.get_message(timeout=left):
                    return
        except (RedisError, OSError):
            self._listens = False
            self._ears.close()
            self._ears = _ears_of(self._client)
            time.sleep(seconds)

    def close(self) -> None:
        """Give the connection back."""
        self._ears.close()
        self._client.close()


def _ears_of(client: Redis) -> PubSub:
    ears: PubSub = client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call] # untyped library
    return ears
