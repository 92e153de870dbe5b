"""Ranks say what they are about to do, and all stop if one does something else: an error on each, never a wait."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager

from kernels.distributed.ranks import Ranks
from kernels.errors import UnsupportedInput

Facts = dict[str, str]
# Every rank sends so many bytes, whatever it has to say.
ROOM = 2048
MOST_REFUSAL = 280
REFUSAL = "refusal"


def digest(text: str) -> str:
    """A short name for a long text, the same on every machine."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@contextmanager
def agreeing(ranks: Ranks, *, talk: bool = True) -> Iterator[Facts]:
    """Fill in what must be the same on all ranks; what is wrong with this rank's input may be raised inside.

    Args:
        ranks: All of whom come here.
        talk: Whether to ask them; without, only what is raised inside is.

    Yields:
        To be filled with short texts by name.

    Raises:
        UnsupportedInput: On every rank, if any fact differs or any rank has raised.
        PeerLost: If a rank does not come here in time.
    """
    facts: Facts = {}
    try:
        yield facts
    except Exception as error:
        if talk:
            _gather(ranks, {REFUSAL: str(error)[:MOST_REFUSAL] or type(error).__name__})
        raise
    if talk:
        _compare(_gather(ranks, facts))


def _gather(ranks: Ranks, facts: Facts) -> list[Facts]:
    words = json.dumps(facts).encode()
    if len(words) > ROOM:
        words = json.dumps({REFUSAL: f"facts must fit in {ROOM} bytes, got {len(words)}"}).encode()
    return [json.loads(heard) for heard in ranks.gather(words, room=ROOM)]


def _compare(heard: list[Facts]) -> None:
    for rank, facts in enumerate(heard):
        if REFUSAL in facts:
            raise UnsupportedInput(f"rank {rank} cannot go on, so no rank can: {facts[REFUSAL]}")
    for name in sorted({name for facts in heard for name in facts}):
        said = [facts.get(name, "nothing") for facts in heard]
        if len(set(said)) > 1:
            shown = ", ".join(f"{text} on rank {rank}" for rank, text in enumerate(said))
            raise UnsupportedInput(f"{name} must be the same on every rank, got {shown}"[:1000])
