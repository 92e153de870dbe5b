"""The Celery door: a process that loads one model and advances or decodes whatever takes it is given.

Started as ``celery -A generation.serving.tasks worker -P solo -Q generation,generation.NAME -n NAME@%h``. It knows the
broker and the artifact store; the database, the people and the order of takes are the product's.

One process, one task at a time, no forks: a model does not survive a fork. What is cached per process: the loaded
pipeline and the take that was advanced last.
"""

import logging
import os
from functools import cache
from typing import Any

from celery import Celery
from celery.signals import celeryd_init, worker_ready, worker_shutdown, worker_shutting_down
from kombu.exceptions import OperationalError

from generation.artifacts import ArtifactStore
from generation.artifacts.bucket import open_store
from generation.contract.messages import (
    ADVANCE_TAKE,
    CONTROL_QUEUE,
    DECODE_CHUNK,
    GENERATION_QUEUE,
    RECORD_EVENT,
    AdvanceRequest,
    DecodeRequest,
    Message,
    broker_address,
    own_queue,
)
from generation.errors import GenerationError
from generation.pipeline.loading import load_preset
from generation.pipeline.pipeline import VideoPipeline
from generation.serving.advance import TakeAdvancer
from generation.serving.broker import SteadyConnection
from generation.serving.decode import ChunkDecoder
from generation.serving.process import WorkerSettings, read_settings
from generation.serving.worker_life import WorkerFacts, WorkerLife

logger = logging.getLogger(__name__)


def _celery() -> Celery:
    """The app: acknowledged late, one task at a time, results nowhere."""
    made = Celery("generation", broker=broker_address(os.environ.get("REDIS_URL", "")))
    made.conf.update(
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        task_default_queue=GENERATION_QUEUE,
        # Longer than the longest stage: leases decide, redelivery would only waste work.
        broker_transport_options={
            "visibility_timeout": 3600,
            "unacked_restore_interval": 2,
            "unacked_restore_throttle": 1,
        },
    )
    made.amqp.Connection = SteadyConnection
    return made


app = _celery()


class QueueOutlet:
    """Messages go to the product as tasks; one that cannot be sent is logged, and the lease runs out."""

    def send(self, message: Message) -> None:
        """Send, without waiting for whoever reads."""
        try:
            app.send_task(RECORD_EVENT, args=[message.to_json()], queue=CONTROL_QUEUE, retry=False)
        except (OperationalError, OSError) as error:
            logger.warning("%s could not be sent: %s", type(message).__name__, error)


class Shutdown:
    """Whether this process is asked to end."""

    def __init__(self) -> None:
        self.asked = False


@cache
def settings() -> WorkerSettings:
    """What the environment says, read once."""
    return read_settings(os.environ)


@cache
def shutdown() -> Shutdown:
    """The one wish to stop."""
    return Shutdown()


@cache
def store() -> ArtifactStore:
    """The artifacts that this worker shares with the product."""
    return open_store(settings().artifacts, endpoint=settings().s3_endpoint)


@cache
def pipeline() -> VideoPipeline:
    """The model, loaded when first needed."""
    wanted = settings()
    return load_preset(wanted.preset, weights=wanted.weights, cache=wanted.cache, execution=wanted.execution)


@cache
def advancer() -> TakeAdvancer:
    """This process's one advancer, with the take in memory."""
    return TakeAdvancer(
        pipeline(), store(), worker=settings().name, outlet=QueueOutlet(), is_stopping=lambda: shutdown().asked
    )


@cache
def decoder() -> ChunkDecoder:
    """This process's one decoder."""
    return ChunkDecoder(pipeline=pipeline(), store=store(), worker=settings().name, outlet=QueueOutlet())


@cache
def life() -> WorkerLife:
    """What tells the product that this worker exists."""
    wanted = settings()
    facts = WorkerFacts(
        name=wanted.name,
        kind=wanted.kind,
        queue=own_queue(wanted.name) if wanted.kind == GENERATION_QUEUE else "",
        preset=wanted.preset.name,
        device=wanted.execution.device,
    )
    return WorkerLife(facts, QueueOutlet(), holds=lambda: advancer().holds if advancer.cache_info().currsize else "")


@app.task(name=ADVANCE_TAKE)
def advance_take(message: dict[str, Any]) -> None:
    """Run one stage of a take."""
    advancer().advance(AdvanceRequest.from_json(message))


@app.task(name=DECODE_CHUNK)
def decode_chunk(message: dict[str, Any]) -> None:
    """Decode one second."""
    decoder().decode(DecodeRequest.from_json(message))


@celeryd_init.connect
def set_logging_up(**_facts: object) -> None:
    """One line per record, for the supervisor's log."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")


@worker_ready.connect
def begin(**_facts: object) -> None:
    """Load the model, then tell the product: whoever is known is given work, which must be answered in time."""
    try:
        pipeline()
    except GenerationError as error:
        # The worker stays, red, and its takes fail with the same words; the queue is kept.
        life().last_error = f"{error.code}: {error}"
        logger.error("the model cannot be loaded: %s", error)  # noqa: TRY400 - said in words
    life().begin()


@worker_shutting_down.connect
def stop_soon(**_facts: object) -> None:
    """Give the stage in hand back before the next step."""
    shutdown().asked = True


@worker_shutdown.connect
def end(**_facts: object) -> None:
    """Say goodbye."""
    life().end()
