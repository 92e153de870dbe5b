"""What a thread sends over the channel layer is what an event loop would send."""

import asyncio

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from webapp.channel_layer import StudioChannelLayer

MESSAGE = {"type": "project.event", "message": {"op": "event", "seq": 3, "data": {"words": "海边"}}}


def test_a_thread_and_a_loop_publish_the_same_bytes(monkeypatch):
    sent = []

    class Client:
        def publish(self, channel, data):
            sent.append((channel, data))

    async def publish(_shard, channel, data):
        sent.append((channel, data))

    layer = StudioChannelLayer(["redis://127.0.0.1:1/0"])
    monkeypatch.setattr(layer, "_client", Client())
    monkeypatch.setattr("channels_redis.pubsub.RedisSingleShardConnection.publish", publish)

    layer.group_send_now("project.p", MESSAGE)
    asyncio.run(layer.group_send("project.p", MESSAGE))

    assert sent[0] == sent[1]
    assert layer.deserialize(sent[0][1]) == MESSAGE


def test_a_broker_that_is_away_is_said():
    with pytest.raises(RedisConnectionError):
        StudioChannelLayer(["redis://127.0.0.1:1/0"]).group_send_now("project.p", MESSAGE)
