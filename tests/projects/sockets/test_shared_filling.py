"""However many tabs listen, an event is looked up once; one that fails or leaves takes nothing from the others."""

import asyncio

import pytest

from projects.sockets import shared_filling
from projects.sockets.shared_filling import SharedFilling

EVENT = {"topic": "project:p", "seq": 7, "type": "take.chunk"}


class Lookup:
    def __init__(self, *, failures=0):
        self.calls, self.failures = 0, failures

    async def __call__(self, message):
        self.calls += 1
        await asyncio.sleep(0)
        if self.calls <= self.failures:
            raise OSError("away")
        return {**message, "n": self.calls}


@pytest.mark.asyncio
async def test_a_hundred_tabs_cost_one_lookup():
    shared, lookup = SharedFilling(), Lookup()

    told = await asyncio.gather(*(shared.of(EVENT, lookup) for _ in range(100)))

    assert lookup.calls == 1
    assert told == [{**EVENT, "n": 1}] * 100


@pytest.mark.asyncio
async def test_other_events_and_other_listeners_are_looked_up_themselves():
    shared, lookup = SharedFilling(), Lookup()
    for listener in ("", "ada", "bo", "ada"):
        for seq in (1, 2):
            await shared.of({**EVENT, "seq": seq}, lookup, listener=listener)

    assert lookup.calls == 6


@pytest.mark.asyncio
async def test_a_lookup_that_fails_is_tried_again_by_the_next():
    shared, lookup = SharedFilling(), Lookup(failures=1)
    with pytest.raises(OSError, match="away"):
        await shared.of(EVENT, lookup)

    assert (await shared.of(EVENT, lookup))["n"] == 2


@pytest.mark.asyncio
async def test_a_tab_that_leaves_does_not_take_it_from_the_others():
    shared, lookup = SharedFilling(), Lookup()
    leaving = asyncio.create_task(shared.of(EVENT, lookup))
    staying = asyncio.create_task(shared.of(EVENT, lookup))
    await asyncio.sleep(0)
    leaving.cancel()

    assert (await staying)["n"] == 1


@pytest.mark.asyncio
async def test_only_events_of_the_last_moment_are_kept(monkeypatch):
    monkeypatch.setattr(shared_filling, "MOST_KEPT", 2)
    shared, lookup = SharedFilling(), Lookup()
    for seq in (1, 2, 3, 1):
        await shared.of({**EVENT, "seq": seq}, lookup)

    assert lookup.calls == 4
