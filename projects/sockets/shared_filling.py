"""What many tabs are told alike is looked up once per process, not once per tab."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

Message = dict[str, Any]
Fill = Callable[[Message], Awaitable[Message]]
Found = TypeVar("Found")

# Events that tabs still ask for: those of the last moment.
MOST_KEPT = 512


class SharedFilling:
    """Remembers what was looked up in the last moment, per event loop."""

    def __init__(self) -> None:
        self._by_loop: WeakKeyDictionary[
            asyncio.AbstractEventLoop, OrderedDict[tuple[str, ...], asyncio.Future[object]]
        ] = WeakKeyDictionary()

    async def of(self, message: Message, fill: Fill, *, listener: str = "") -> Message:
        """The message as ``fill`` fills it, by whoever asks first.

        Args:
            message: A numbered event.
            fill: Looks up what is to be told.
            listener: Whose view it is, where people are told differently.
        """
        key = (str(message.get("topic")), str(message.get("seq")), str(message.get("type")), listener)
        return await self.once(key, lambda: fill(message))

    async def once(self, key: tuple[str, ...], look: Callable[[], Awaitable[Found]]) -> Found:
        """What ``look`` finds, looked up by whoever asks first under this key."""
        kept = self._by_loop.setdefault(asyncio.get_running_loop(), OrderedDict())
        future = kept.get(key)
        if future is None:
            future = kept[key] = asyncio.ensure_future(cast("Awaitable[object]", look()))
            while len(kept) > MOST_KEPT:
                kept.popitem(last=False)
        try:
            # One tab that leaves does not take it from the others.
            return cast("Found", await asyncio.shield(future))
        except Exception:
            # Whoever asks next tries anew.
            kept.pop(key, None)
            raise
