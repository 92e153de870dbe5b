"""Sockets through the real application: who gets in, what they hear, what is done with the rude and the slow."""

import asyncio
import json

import pytest
from asgiref.sync import sync_to_async
from channels.routing import URLRouter
from django.db import transaction

from projects.events import publish, record, tell
from projects.models import Event, Membership, Project, User
from projects.sockets.consumers import MOST_MESSAGES_PER_SECOND, StudioConsumer
from projects.sockets.inbox import Inbox
from projects.sockets.routing import is_ours, socket_application
from projects.sockets.topics import filled, may_listen, open_topic, project_of
from tests.support.sockets import SocketClient
from tests.support.studio import ask, person, shot_in
from tests.support.studio import project_of as make_project

APPLICATION = socket_application(URLRouter)
HOME = [(b"origin", b"http://localhost"), (b"host", b"localhost")]


def socket(headers=HOME):
    return SocketClient(APPLICATION, "/ws/v1", list(headers))


@pytest.fixture
def world(transactional_db, settings):
    settings.TEAM_MODE = False
    user = User.objects.create(username="local", is_local=True)
    return user, make_project(user)


async def say(connection, **command):
    await connection.send_text(json.dumps(command))


async def heard(connection):
    return json.loads(await connection.hear())


async def subscribed(topic, since=None):
    connection = socket()
    assert (await connection.connect())[0]
    await say(connection, op="subscribe", topics=[topic], since=since)
    return connection


@sync_to_async
def happen(project, **data):
    with transaction.atomic():
        record(project.pk, "project.updated", entity_id=project.pk, entity_version=1, data=data)


@sync_to_async
def happen_to_be_numbered(project, number):
    """The project goes on counting where the events above left off."""
    Project.objects.filter(pk=project.pk).update(event_seq=number - 1)
    with transaction.atomic():
        record(project.pk, "project.updated", entity_id=project.pk, entity_version=1, data={"n": number})


@pytest.mark.asyncio
async def test_a_tab_gets_a_snapshot_and_then_what_happens(world):
    _, project = world
    connection = await subscribed(f"project:{project.pk}")
    assert (await heard(connection))["op"] == "snapshot"

    await happen(project, n=1)
    await happen(project, n=2)

    first, second = await heard(connection), await heard(connection)
    assert (first["seq"], second["seq"]) == (1, 2)
    assert first["data"] == {"n": 1}
    await connection.disconnect()


@pytest.mark.asyncio
async def test_events_that_overtake_each_other_are_told_in_order_and_once(world):
    """Processes send after they have committed, so what was numbered first may be sent last."""
    _, project = world
    connection = await subscribed(f"project:{project.pk}")
    assert (await heard(connection))["op"] == "snapshot"
    await sync_to_async(Event.objects.bulk_create)(
        [
            Event(project=project, seq=number, type="project.updated", entity_id=project.pk, data={"n": number})
            for number in (1, 2, 3)
        ]
    )
    first, _, third = await sync_to_async(lambda: list(project.events.order_by("seq")))()

    await sync_to_async(publish)([third])
    await sync_to_async(publish)([first])
    await happen_to_be_numbered(project, 4)

    assert [(await heard(connection))["data"] for _ in range(4)] == [{"n": number} for number in (1, 2, 3, 4)]
    await connection.disconnect()


@pytest.mark.asyncio
async def test_what_was_missed_is_told_first_and_once(world):
    _, project = world
    for number in range(3):
        await happen(project, n=number)

    connection = await subscribed(f"project:{project.pk}", since=1)

    assert [(await heard(connection))["seq"] for _ in range(2)] == [2, 3]
    assert (await heard(connection))["op"] == "snapshot"
    await connection.disconnect()


@pytest.mark.asyncio
async def test_a_line_that_changes_in_a_burst_is_told_of_once_and_to_each_their_own(world):
    user, project = world
    connection = await subscribed("queue")
    assert (await heard(connection))["queue"] == {"running": 0, "waiting": 0}

    await sync_to_async(ask)(user, await sync_to_async(shot_in)(project), count=3)
    await sync_to_async(in_line_of)(await sync_to_async(person)("bob"))

    told = await heard(connection)
    assert (told["topic"], told["type"], told["seq"]) == ("queue", "queue.changed", 0)
    assert told["data"] == {"running": 0, "waiting": 3}
    assert await connection.receive_nothing(timeout=1)
    await connection.disconnect()


def in_line_of(somebody):
    ask(somebody, shot_in(make_project(somebody)), count=2)


@pytest.mark.asyncio
async def test_who_does_not_listen_to_the_line_is_not_told_of_it(world):
    user, project = world
    connection = await subscribed(f"project:{project.pk}")
    await heard(connection)

    await sync_to_async(ask)(user, await sync_to_async(shot_in)(project), count=1)

    kinds = [(await heard(connection))["type"] for _ in range(2)]
    assert sorted(kinds) == ["quota.changed", "take.queued"]
    assert await connection.receive_nothing(timeout=1)
    await connection.disconnect()


@pytest.mark.asyncio
async def test_who_missed_too_much_starts_anew(world):
    _, project = world
    for number in range(3):
        await happen(project, n=number)
    await sync_to_async(project.events.filter(seq=2).delete)()

    connection = await subscribed(f"project:{project.pk}", since=1)

    assert (await heard(connection))["op"] == "reset"
    await connection.disconnect()


@pytest.mark.asyncio
async def test_progress_is_told_without_a_number(world):
    _, project = world
    connection = await subscribed(f"project:{project.pk}")
    await heard(connection)

    await sync_to_async(tell)(project.pk, "take.progress", entity_id="t", data={"cells": [0.5]})

    message = await heard(connection)
    assert (message["seq"], message["data"]["cells"]) == (0, [0.5])
    await connection.disconnect()


@pytest.mark.asyncio
async def test_a_ping_is_answered(world):
    connection = socket()
    await connection.connect()
    await say(connection, op="ping")

    assert (await heard(connection))["op"] == "pong"
    await connection.disconnect()


@pytest.mark.parametrize(
    ("origin", "host", "ours"),
    [
        ("http://localhost", "localhost", True), ("http://localhost:8000", "localhost:8000", True),
        ("https://studio.test", "studio.test", True), ("", "localhost", False), ("null", "localhost", False),
        ("http://evil.example", "localhost", False), ("http://localhost.evil.example", "localhost", False),
        ("http://localhost:9000", "localhost:8000", False), ("file://", "localhost", False),
        ("http://evil.example", "evil.example", False), ("http://elsewhere.test", "localhost", True),
    ],
)  # fmt: skip
def test_only_our_own_pages_open_sockets(settings, origin, host, ours):
    settings.ALLOWED_HOSTS = ["localhost", "studio.test"]
    settings.CSRF_TRUSTED_ORIGINS = ["http://elsewhere.test"]

    assert is_ours(origin, host) is ours


@pytest.mark.asyncio
async def test_a_page_of_another_site_is_denied(world):
    connected, code = await socket([(b"origin", b"http://evil.example"), (b"host", b"localhost")]).connect()

    assert (connected, code) == (False, None)


@pytest.mark.asyncio
async def test_nobody_is_shown_out(world, settings):
    settings.TEAM_MODE = True
    connection = socket()
    await connection.connect()

    assert (await connection.receive_output(timeout=5))["code"] == 1008


@pytest.mark.asyncio
async def test_a_project_of_others_is_not_heard(world):
    other = await sync_to_async(lambda: make_project(person("eve")))()

    connection = await subscribed(f"project:{other.pk}")

    assert (await heard(connection))["code"] == "not_allowed"
    await connection.disconnect()


@pytest.mark.asyncio
async def test_who_loses_the_right_is_told_within_seconds(world, monkeypatch):
    monkeypatch.setattr("projects.sockets.consumers.CHECK_SECONDS", 0.05)
    user, _ = world

    @sync_to_async
    def shared():
        other = make_project(person("eve"))
        Membership.objects.create(project=other, user=user, role="viewer")
        return other

    other = await shared()
    connection = await subscribed(f"project:{other.pk}")
    assert (await heard(connection))["op"] == "snapshot"

    await sync_to_async(Membership.objects.all().delete)()

    assert (await heard(connection))["code"] == "not_allowed"
    await connection.disconnect()


@pytest.mark.parametrize(
    ("said", "code"),
    [("{", 1008), ("5", 1008), ('{"op":"sing"}', 1008), ('{"op":"subscribe","topics":5}', 1008), ("x" * 20_000, 1009)],
)
@pytest.mark.asyncio
async def test_what_is_no_command_ends_the_connection(world, said, code):
    connection = socket()
    await connection.connect()
    await connection.send_text(said)

    assert (await connection.receive_output(timeout=5))["code"] == code


@pytest.mark.asyncio
async def test_who_talks_too_much_is_shown_out(world):
    connection = socket()
    await connection.connect()
    for _ in range(MOST_MESSAGES_PER_SECOND + 1):
        await say(connection, op="ping")

    codes = []
    while not codes:
        output = await connection.receive_output(timeout=5)
        codes += [output["code"]] if output["type"] == "websocket.close" else []
    assert codes == [1008]


def test_a_slow_client_keeps_what_matters_and_the_newest_of_the_rest():
    inbox = Inbox(most=2)
    for cells in (1, 2, 3):
        assert inbox.put({"type": "take.progress", "id": "a", "data": cells})
    assert inbox.put({"type": "take.chunk", "id": "a"})
    assert inbox.put({"type": "take.finished", "id": "a"})

    assert not inbox.put({"type": "take.chunk", "id": "b"})
    assert len(inbox) == 2
    assert [json.loads(inbox.take())["type"] for _ in range(2)] == ["take.chunk", "take.finished"]
    assert inbox.take() is None
    inbox.clear()
    assert len(inbox) == 0


def test_what_waits_for_a_slow_client_is_bounded_in_bytes_too():
    inbox = Inbox(most=100, most_bytes=1000)
    large = {"type": "take.chunk", "id": "a", "data": "镜" * 150}

    assert inbox.put(large)
    assert inbox.put(large)
    assert not inbox.put(large)
    assert inbox.take()
    assert inbox.put(large)
    inbox.clear()
    # One alone is taken, however large: a snapshot has nothing to give way to.
    assert inbox.put({"op": "snapshot", "takes": ["x" * 5000]})
    assert not inbox.put({"op": "pong"})


def test_progress_of_many_takes_is_bounded():
    inbox = Inbox(most=3)
    for take in range(10):
        assert inbox.put({"type": "take.progress", "id": str(take)})

    assert [json.loads(inbox.take())["id"] for _ in range(len(inbox))] == ["7", "8", "9"]


@pytest.mark.asyncio
async def test_a_client_that_does_not_read_is_told_to_start_anew(world):
    consumer = StudioConsumer()
    consumer.inbox, consumer.topics, consumer.awake = Inbox(3), {"project:x": "project.x"}, asyncio.Event()
    for number in range(5):
        consumer._put({"op": "event", "type": "take.chunk", "seq": number})

    left = [json.loads(consumer.inbox.take()) for _ in range(len(consumer.inbox))]
    assert {"op": "reset", "topic": "project:x", "reason": "slow"} in left


@pytest.mark.django_db
def test_events_are_filled_with_the_take_as_it_is_now(store, ada, project):
    (take,) = ask(ada, shot_in(project))

    message = filled({"type": "take.queued", "id": str(take.pk), "v": 0, "data": {}}, ada)
    usage = filled({"type": "quota.changed", "id": str(ada.pk), "data": {}}, ada)

    assert (message["data"]["take"]["id"], message["v"]) == (str(take.pk), take.version)
    assert usage["data"]["usage"]["seconds_today"] == 2
    assert "usage" not in filled({"type": "quota.changed", "id": str(ada.pk), "data": {}}, person("eve"))["data"]


@pytest.mark.django_db
def test_the_line_is_a_topic_of_everybodys_own(store, ada, project):
    ask(ada, shot_in(project))

    assert open_topic(ada, "queue", since=None).messages[0]["queue"] == {"running": 0, "waiting": 1}
    assert open_topic(person("eve"), "queue", since=None).messages[0]["takes"] == []
    assert may_listen(ada, "queue")
    assert not may_listen(ada, "weather")
    assert not may_listen(ada, "project:x")
    assert project_of(f"project:{project.pk}") == project.pk
    assert Project.objects.count() == 1
