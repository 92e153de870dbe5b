"""Reaching the broker again: one that was away is looked for every two seconds, however long it has been away."""

from typing import Any, Self

from kombu.connection import Connection

# Left alone, kombu waits two seconds more after each try, up to thirty: half a minute lost after a minute's outage.
_PATIENCE = {"interval_start": 1, "interval_step": 1, "interval_max": 2}


class SteadyConnection(Connection):
    """A connection whose tries do not grow rarer; Celery's apps use it in place of their own."""

    def ensure_connection(self, *arguments: Any, **options: Any) -> Self:  # noqa: ANN401 - as kombu has it
        """Connect, and try again as often as the caller says, at a steady pace unless it says which."""
        wanted = {**_PATIENCE, **options}
        connected: Self = super().ensure_connection(*arguments, **wanted)  # type: ignore[no-untyped-call] # untyped
        return connected
