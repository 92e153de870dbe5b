"""What waits to be sent to one slow client: everything that matters, and only the newest of what does not."""

import json
from collections import OrderedDict, deque
from typing import Any

# Beyond either the client is told to start anew, which costs it one request and us no memory.
MOST_WAITING = 1000
MOST_BYTES = 4 * 2**20
_FLEETING = ("take.progress", "export.progress", "queue.changed")


class Inbox:
    """Messages in order, as they will be sent; fleeting ones replace each other, and give way."""

    def __init__(self, most: int = MOST_WAITING, most_bytes: int = MOST_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._lasting: deque[str] = deque()
        self._fleeting: OrderedDict[tuple[str, str], str] = OrderedDict()
        # Of what lasts; each fleeting text is small, and there is no more than one for each take.
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._lasting) + len(self._fleeting)

    def put(self, message: dict[str, Any]) -> bool:
        """Take a message in; False if there is no room for one that must not be lost.

        One message alone is always taken: a snapshot is as large as what it shows.
        """
        kind, text = str(message.get("type", "")), json.dumps(message, ensure_ascii=False)
        if kind in _FLEETING:
            key = (kind, str(message.get("id", "")))
            self._fleeting.pop(key, None)
            self._fleeting[key] = text
            while len(self._fleeting) > self._most:
                self._fleeting.popitem(last=False)
            return True
        if kind == "take.finished":
            # Progress of a take that is over would run backwards.
            self._fleeting.pop(("take.progress", str(message.get("id", ""))), None)
        size = len(text.encode())
        if self._lasting and (len(self._lasting) >= self._most or self._bytes + size > self._most_bytes):
            return False
        self._lasting.append(text)
        self._bytes += size
        return True

    def take(self) -> str | None:
        """The next message as text: what matters first, in order."""
        if self._lasting:
            text = self._lasting.popleft()
            self._bytes -= len(text.encode())
            return text
        if self._fleeting:
            return self._fleeting.popitem(last=False)[1]
        return None

    def clear(self) -> None:
        """Forget everything."""
        self._lasting.clear()
        self._fleeting.clear()
        self._bytes = 0
