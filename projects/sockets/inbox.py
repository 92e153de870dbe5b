"""What waits to be sent to one slow client: everything that matters, and only the newest of what does not."""

from collections import OrderedDict, deque
from typing import Any

# Beyond this the client is told to start anew, which costs it one request and us no memory.
MOST_WAITING = 1000
_FLEETING = ("take.progress", "export.progress", "queue.changed")


class Inbox:
    """Messages in order; fleeting ones replace each other, and give way."""

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._most = most
        self._lasting: deque[dict[str, Any]] = deque()
        self._fleeting: OrderedDict[tuple[str, str], dict[str, Any]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._lasting) + len(self._fleeting)

    def put(self, message: dict[str, Any]) -> bool:
        """Take a message in; False if there is no room for one that must not be lost."""
        kind = str(message.get("type", ""))
        if kind in _FLEETING:
            key = (kind, str(message.get("id", "")))
            self._fleeting.pop(key, None)
            self._fleeting[key] = message
            return True
        if kind == "take.finished":
            # Progress of a take that is over would run backwards.
            self._fleeting.pop(("take.progress", str(message.get("id", ""))), None)
        if len(self._lasting) >= self._most:
            return False
        self._lasting.append(message)
        return True

    def take(self) -> dict[str, Any] | None:
        """The next message: what matters first, in order."""
        if self._lasting:
            return self._lasting.popleft()
        if self._fleeting:
            return self._fleeting.popitem(last=False)[1]
        return None

    def clear(self) -> None:
        """Forget everything."""
        self._lasting.clear()
        self._fleeting.clear()
