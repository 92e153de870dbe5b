"""The only door to generation: requests go out by task name, and a poke wakes the dispatcher.

The broker carries wishes, not truth. What cannot be sent is sent again by the dispatcher's next round.
"""

import logging
from collections.abc import Mapping
from functools import cache

from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from generation.contract.messages import (
    ADVANCE_TAKE,
    DECODE_CHUNK,
    DECODE_QUEUE,
    AdvanceRequest,
    DecodeRequest,
    own_queue,
)

logger = logging.getLogger(__name__)

# The product's own tasks, beside the line of results.
FINISH_TAKE = "projects.finish_take"
PROCESS_UPLOAD = "projects.process_upload"
EXPORT_FILM = "projects.export_film"
MAKE_POSTERS = "projects.make_posters"

# Whatever opens files has workers of its own: in the line of results, heartbeats would wait behind it, and every take
# that runs would lose its lease. What somebody waits for does not stand behind films and archives, which take minutes.
MEDIA_QUEUE, FILES_QUEUE = "media", "files"
_QUEUES = {
    FINISH_TAKE: MEDIA_QUEUE, MAKE_POSTERS: MEDIA_QUEUE, PROCESS_UPLOAD: MEDIA_QUEUE, EXPORT_FILM: FILES_QUEUE,
}  # fmt: skip

# Whoever waits for work listens here.
POKE_CHANNEL = "sceneloom.poke"


def submit_advance(request: AdvanceRequest, *, worker: str) -> bool:
    """Ask a worker to run a stage; False if the broker cannot be reached."""
    return _send(ADVANCE_TAKE, request.to_json(), own_queue(worker))


def submit_decode(request: DecodeRequest) -> bool:
    """Ask any decode worker to decode a chunk; False if the broker cannot be reached."""
    return _send(DECODE_CHUNK, request.to_json(), DECODE_QUEUE)


def submit_own(task: str, **arguments: str) -> bool:
    """Ask the product's own workers for something; False if the broker cannot be reached."""
    return _send(task, arguments, _QUEUES[task], as_keywords=True)


def broker_answers() -> bool:
    """Whether requests can be sent now; without that, nothing is handed out."""
    try:
        return bool(_client(settings.REDIS_URL).ping())
    except (RedisError, OSError):
        return False


def poke() -> None:
    """Wake the dispatcher; it looks by itself a moment later if this is lost."""
    try:
        _client(settings.REDIS_URL).publish(POKE_CHANNEL, "")
    except (RedisError, OSError) as error:
        logger.debug("nobody was poked: %s", error)


@cache
def _client(address: str) -> Redis:
    """Connections of this process that are kept; one that broke is made anew when it is used next."""
    return Redis.from_url(address, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 1))


def forget_queue(worker: str) -> None:
    """Drop what lies in the queue of a worker that is gone for good; its leases ran out long ago."""
    try:
        _client(settings.REDIS_URL).delete(own_queue(worker))
    except (RedisError, OSError) as error:
        logger.info("the queue of %s stays: %s", worker, error)


def _send(task: str, payload: Mapping[str, object], queue: str, *, as_keywords: bool = False) -> bool:
    signature = current_app.signature(task)
    arguments = {"kwargs": payload} if as_keywords else {"args": [payload]}
    try:
        signature.apply_async(**arguments, queue=queue, retry=False)
    except (OperationalError, OSError) as error:
        logger.warning("%s waits for the broker: %s", task, error)
        return False
    return True
