"""Redis forgets, dies, is away, or says everything five times: nothing is lost and nothing is done twice."""

import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx
import pytest
from celery import Celery
from redis import Redis

from generation.contract.messages import (
    ADVANCE_TAKE,
    CONTROL_QUEUE,
    RECORD_EVENT,
    AdvanceRequest,
    ChunkDecoded,
    Message,
    broker_address,
    own_queue,
)
from projects.actions.schedule import spec_from_json
from tests.faults.conftest import SEED, Undisturbed
from tests.support.fault_studio import FaultStudio

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("faults")]

TAKES, ALL_TAKES = 16, 50
SETTLED_SECONDS = 1.0


@pytest.fixture
def many(request: pytest.FixtureRequest) -> int:
    return ALL_TAKES if request.config.getoption("--full-faults") else TAKES


def in_line(studio: FaultStudio, project: str, count: int) -> list[str]:
    """That many takes of one second, most of them still waiting."""
    shot = studio.shot(project, duration_s=1)
    return [take for _ in range(count // 8 + 1) for take in studio.order(shot, count=8, seed=SEED)][:count]


def assert_each_once(studio: FaultStudio, takes: list[str]) -> None:
    for ended in studio.until_ended(*takes):
        assert ended["status"] == "succeeded"
    assert all(len(studio.chunks(take)) == 1 for take in takes)
    told = studio.rows("select entity_id, count(*) from projects_event where type = 'take.finished' group by 1")
    assert {take: count for take, count in told if take in takes} == dict.fromkeys(takes, 1)


def test_a_broker_that_forgets_everything_loses_no_take(studio: FaultStudio, project: str, many: int):
    takes = in_line(studio, project, many)
    with Redis.from_url(studio.redis.url) as client:
        client.flushall()

    assert_each_once(studio, takes)


def test_a_broker_that_dies_without_having_kept_anything_loses_no_take(studio: FaultStudio, project: str, many: int):
    takes = in_line(studio, project, many)
    studio.kill("redis")
    studio.start("redis", forgetful=True)

    assert_each_once(studio, takes)
    studio.restart("redis")


def test_without_a_broker_orders_are_taken_and_wait_for_it(studio: FaultStudio, shot: str, undisturbed: Undisturbed):
    (before,) = studio.order(shot, count=1, seed=SEED)
    studio.kill("redis")
    (meanwhile,) = studio.order(shot, count=1, seed=SEED)
    time.sleep(6)
    assert not studio.answers(), "who watches the studio is told"
    assert studio.take(meanwhile)["status"] == "queued"
    studio.start("redis")

    ended = studio.until_ended(before, meanwhile)

    assert [it["status"] for it in ended] == ["succeeded", "succeeded"]
    assert all(undisturbed.is_same(studio, take) for take in (before, meanwhile))
    studio.until(
        lambda: not studio.rows("select 1 from projects_event where published_at is null"), "every event is sent"
    )


@pytest.fixture
def say(studio: FaultStudio):
    """Puts a message into a queue of the studio."""
    celery = Celery("faults", broker=broker_address(studio.redis.url))

    def send(task: str, message: Message, queue: str) -> None:
        celery.send_task(task, args=[message.to_json()], queue=queue)

    yield send
    celery.close()


def leased(studio: FaultStudio, take: str) -> AdvanceRequest | None:
    """The request of the lease that a take has this moment."""
    ((token, stage, spec, state, texts, context, until),) = studio.rows(
        "select token, stage, spec, state_key, texts_key, context_key, lease_until from projects_take where id = ?",
        uuid.UUID(take).hex,
    )
    if until is None or stage < 2:
        return None
    return AdvanceRequest(
        take_id=take, token=token, stage=stage, spec=spec_from_json(json.loads(spec)), state_key=state,
        texts_key=texts, context_key=context,
    )  # fmt: skip


def decoded(studio: FaultStudio, take: str) -> ChunkDecoded:
    """The answer that made the first second of a take visible."""
    values = studio.rows(
        "select decode_token, init_key, fragment_key, fragment_sha256, fragment_bytes, poster_key, mime_type, width, "
        'height from projects_chunk where take_id = ? and "index" = 0',
        uuid.UUID(take).hex,
    )[0]
    names = "token init_key fragment_key fragment_sha256 fragment_bytes poster_key mime_type width height"
    return ChunkDecoded(take_id=take, worker="decode-1", index=0, **dict(zip(names.split(), values, strict=True)))


def until_empty(studio: FaultStudio) -> None:
    """Wait until every queue is empty and what was taken from them is done."""
    with Redis.from_url(studio.redis.url) as client:
        queues = ("control", "generation.generation-1", "generation.generation-2")
        studio.until(lambda: not any(client.llen(queue) for queue in queues), "queues are empty")
    time.sleep(SETTLED_SECONDS)


def test_what_is_delivered_five_times_and_again_later_is_done_once(
    studio: FaultStudio, shot: str, undisturbed: Undisturbed, say
):
    # Two who commit at once.
    studio.start("control-2")
    (take,) = studio.order(shot, count=1, seed=SEED)
    caught: list[AdvanceRequest] = []

    def is_caught() -> bool:
        request = leased(studio, take)
        caught.extend([request] if request else [])
        return bool(caught)

    studio.until(is_caught, "a stage is leased")
    request = caught[0]
    for worker in ("generation-1", "generation-2", "generation-1", "generation-2", "generation-1"):
        say(ADVANCE_TAKE, request, own_queue(worker))
    (ended,) = studio.until_ended(take)
    until_empty(studio)

    assert (ended["status"], ended["recovered"]) == ("succeeded", False)
    assert undisturbed.is_same(studio, take)
    before = facts(studio, take)
    assert [kind for kind, _ in before["events"]].count("take.chunk") == 6

    late = [
        (ADVANCE_TAKE, request, own_queue("generation-2")),
        (RECORD_EVENT, decoded(studio, take), CONTROL_QUEUE),
        (RECORD_EVENT, replace(decoded(studio, take), token=0, fragment_key="takes/stale"), CONTROL_QUEUE),
    ]
    for one in late * 5:
        say(*one)
    until_empty(studio)

    assert facts(studio, take) == before
    studio.forget("control-2")


def facts(studio: FaultStudio, take: str) -> dict[str, Any]:
    return {
        "chunks": studio.chunks(take),
        "version": studio.take_row(take, "version"),
        "events": studio.rows("select type, seq from projects_event where entity_id = ? order by seq", take),
    }


def test_one_key_is_one_order_however_many_ask_at_once(studio: FaultStudio, shot: str):
    key = {"Idempotency-Key": str(uuid.uuid4())}

    def ask(count: int) -> httpx.Response:
        return studio.http.post(f"/shots/{shot}/takes", json={"count": count, "seed": 3}, headers=key)

    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(ask, [1] * 8))
    other = ask(2)

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["takes"][0]["id"] for answer in answers}) == 1
    assert sum(answer.headers.get("idempotent-replay") == "true" for answer in answers) == 7
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")
