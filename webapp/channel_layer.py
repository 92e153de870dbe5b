"""The channel layer of the studio: Channels' own over Redis, to which threads can speak without an event loop.

Events are sent by workers and request threads, none of which has a loop. Channels' way makes one for each message, and
a connection to Redis with it; here each process keeps a connection and publishes the same bytes.
"""

from functools import cached_property
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

# Longer than this, and an event waits in the outbox instead.
_PATIENCE_SECONDS = 5.0


class StudioChannelLayer(RedisPubSubChannelLayer):  # type: ignore[misc] # an untyped library
    """One address of Redis; ``CONFIG`` is ``{"hosts": [ADDRESS]}``."""

    def __init__(self, hosts: list[str], **options: Any) -> None:  # noqa: ANN401 - the library's
        super().__init__(hosts=hosts, **options)
        self._address = hosts[0]
        self._prefix = options.get("prefix", "asgi")

    def group_send_now(self, group: str, message: dict[str, Any]) -> None:
        """What ``group_send`` does, from a thread.

        Raises:
            RedisError: If Redis does not answer.
        """
        self._client.publish(f"{self._prefix}__group__{group}", self.serialize(message))

    @cached_property
    def _client(self) -> Redis:
        """Connections that are kept; threads may share it."""
        # A connection that broke meanwhile is made anew at once.
        again = Retry(NoBackoff(), 1)
        return Redis.from_url(self._address, socket_timeout=_PATIENCE_SECONDS, socket_connect_timeout=1, retry=again)
