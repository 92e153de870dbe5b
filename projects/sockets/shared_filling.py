"""What many tabs are told alike is looked up once per process, not once per tab."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakKeyDictionary

Message = dict[str, Any]
Fill = Callable[[Message], Awaitable[Message]]

# Events that tabs still ask for: those of the last moment.
MOST_KEPT = 512


class SharedFilling:
    """Remembers what events of the last moment were filled with, per event loop."""

    def __init__(self) -> None:
        self._by_loop: WeakKeyDictionary[
            asyncio.AbstractEventLoop, OrderedDict[tuple[str, ...], asyncio.Future[Message]]
        ] = WeakKeyDictionary()

    async def of(self, message: Message, fill: Fill, *, listener: str = "") -> Message:
        """The message as ``fill`` fills it, by whoever asks first.

        Args:
            message: A numbered event.
            fill: Looks up what is to be told.
            listener: Whose view it is, where people are told differently.
        """
        kept = self._by_loop.setdefault(asyncio.get_running_loop(), OrderedDict())
        key = (str(message.get("topic")), str(message.get("seq")), str(message.get("type")), listener)
        future = kept.get(key)
        if future is None:
            future = kept[key] = asyncio.ensure_future(fill(message))
            while len(kept) > MOST_KEPT:
                kept.popitem(last=False)
        try:
            # One tab that leaves does not take it from the others.
            return await asyncio.shield(future)
        except Exception:
            # Whoever asks next tries anew.
            kept.pop(key, None)
            raise
