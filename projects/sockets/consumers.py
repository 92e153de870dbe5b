"""One tab's socket: checks who it is, subscribes, and passes on events at the speed the client reads."""

import asyncio
import json
import logging
import time
from contextlib import suppress
from functools import cache
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from projects.errors import ProjectError
from projects.models import User
from projects.sockets.inbox import Inbox
from projects.sockets.shared_filling import SharedFilling
from projects.sockets.topics import QUEUE, events_between, filled, may_listen, open_topic, still_allowed

logger = logging.getLogger(__name__)

MOST_TOPICS = 8
MOST_MESSAGE_BYTES = 16_384
# Messages of a client in one second.
MOST_MESSAGES_PER_SECOND = 20
CHECK_SECONDS = 4.0
LINE_SECONDS = 0.5
POLICY, TOO_BIG, TRY_AGAIN = 1008, 1009, 1013


@cache
def shared_filling() -> SharedFilling:
    """One for all tabs of this process."""
    return SharedFilling()


class StudioConsumer(AsyncWebsocketConsumer):  # type: ignore[misc] # an untyped library
    """``/ws/v1``. Commands: subscribe, ping. Everything else is the server's to say."""

    async def connect(self) -> None:
        """Let people in; strangers are told why and shown out."""
        user = self.scope.get("user")
        self.user: User | None = user if isinstance(user, User) else None
        self.topics: dict[str, str] = {}
        self.seen: dict[str, int] = {}
        self.inbox = Inbox()
        self.awake = asyncio.Event()
        self.times: list[float] = []
        self.jobs: list[asyncio.Task[None]] = []
        self.line: asyncio.Task[None] | None = None
        await self.accept()
        if self.user is None:
            await self.close(POLICY)
            return
        self.jobs = [asyncio.create_task(self._write()), asyncio.create_task(self._watch())]

    async def disconnect(self, _code: int) -> None:
        """Leave every topic, and end what runs beside."""
        for job in (*getattr(self, "jobs", []), getattr(self, "line", None)):
            if job is not None:
                job.cancel()
        for group in set(getattr(self, "topics", {}).values()):
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Understand a command, or end the connection of who sends something else."""
        now = time.monotonic()
        self.times = [at for at in self.times if now - at < 1.0] + [now]
        if bytes_data is not None or text_data is None or len(self.times) > MOST_MESSAGES_PER_SECOND:
            await self.close(POLICY)
            return
        if len(text_data) > MOST_MESSAGE_BYTES:
            await self.close(TOO_BIG)
            return
        try:
            command = json.loads(text_data)
        except (ValueError, RecursionError):
            command = None
        if not isinstance(command, dict):
            await self.close(POLICY)
        elif command.get("op") == "ping":
            self._put({"op": "pong", "seq": max(self.seen.values(), default=0)})
        elif command.get("op") == "subscribe":
            await self._subscribe(command)
        else:
            await self.close(POLICY)

    async def project_event(self, event: dict[str, Any]) -> None:
        """Something happened in a project that this tab listens to."""
        message = event["message"]
        if message.get("type") == "queue.changed":
            self._say_soon(message)
            return
        topic, seq = str(message.get("topic", "")), int(message.get("seq", 0))
        if topic not in self.topics or (seq and seq <= self.seen.get(topic, 0)):
            return
        messages = [message]
        if seq > self.seen.get(topic, 0) + 1:
            # Sent by several processes, events overtake each other; what they tell of has its order in the database.
            messages = await database_sync_to_async(events_between)(topic, self.seen.get(topic, 0), seq)
        if seq:
            self.seen[topic] = seq
            messages = [await self._filled(message) for message in messages]
        for each in messages:
            self._put(each)

    async def _filled(self, message: dict[str, Any]) -> dict[str, Any]:
        kind, user = str(message.get("type", "")), self.user
        if kind.startswith("take."):
            return await shared_filling().of(message, database_sync_to_async(filled))
        if kind == "quota.changed" and user is not None:
            return await shared_filling().of(
                message, lambda it: database_sync_to_async(filled)(it, user), listener=str(user.pk)
            )
        return message

    def _say_soon(self, message: dict[str, Any]) -> None:
        """The line changes in bursts: it is looked at once, when a burst has had time to end."""
        if QUEUE in self.topics and (self.line is None or self.line.done()):
            self.line = asyncio.create_task(self._say_line(message))

    async def _say_line(self, message: dict[str, Any]) -> None:
        await asyncio.sleep(LINE_SECONDS)
        self._put(await database_sync_to_async(filled)(message, self.user))

    async def _subscribe(self, command: dict[str, Any]) -> None:
        topics, since = command.get("topics"), command.get("since")
        if not isinstance(topics, list) or not all(isinstance(topic, str) for topic in topics):
            await self.close(POLICY)
            return
        for topic in topics[:MOST_TOPICS]:
            if self.user is None or not await database_sync_to_async(may_listen)(self.user, topic):
                self._put({"op": "error", "topic": topic[:100], "code": "not_allowed"})
                continue
            await self._open(topic, since if isinstance(since, int) and not isinstance(since, bool) else None)

    async def _open(self, topic: str, since: int | None) -> None:
        """Join first, read then: what happens in between arrives twice and is told once."""
        if self.user is None:
            return
        opening_group = topic if topic == "queue" else topic.replace(":", ".", 1)
        self.topics[topic] = opening_group
        self.seen.setdefault(topic, 0)
        await self.channel_layer.group_add(opening_group, self.channel_name)
        try:
            opening = await database_sync_to_async(open_topic)(self.user, topic, since=since)
        except ProjectError as error:
            self.topics.pop(topic, None)
            self._put({"op": "error", "topic": topic, "code": error.code})
            return
        self.seen[topic] = max(self.seen[topic], opening.seq)
        for message in opening.messages:
            self._put(message)

    def _put(self, message: dict[str, Any]) -> None:
        if not self.inbox.put(message):
            # Too slow: it starts anew with a snapshot, and nobody else waits for it.
            self.inbox.clear()
            for topic in self.topics:
                self.inbox.put({"op": "reset", "topic": topic, "reason": "slow"})
        self.awake.set()

    async def _write(self) -> None:
        """Send what waits, one at a time: the server's write buffer holds us back when the client does not read."""
        while True:
            await self.awake.wait()
            self.awake.clear()
            while (text := self.inbox.take()) is not None:
                with suppress(RuntimeError):
                    await self.send(text)

    async def _watch(self) -> None:
        """Show out who lost the right to listen."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            user, topics = self.user, tuple(sorted(self.topics))
            allowed = await self._allowed(user, topics) if user is not None else None
            if allowed is None:
                await self.close(POLICY)
                return
            for topic in set(topics) - allowed:
                group = self.topics.pop(topic)
                await self.channel_layer.group_discard(group, self.channel_name)
                self._put({"op": "error", "topic": topic, "code": "not_allowed"})

    async def _allowed(self, user: User, topics: tuple[str, ...]) -> set[str] | None:
        """What somebody may still hear of; the tabs of one person ask once in a while for all of them."""
        moment = str(int(time.monotonic() / (CHECK_SECONDS / 8)))
        return await shared_filling().once(
            ("allowed", str(user.pk), moment, *topics), lambda: database_sync_to_async(still_allowed)(user.pk, topics)
        )
