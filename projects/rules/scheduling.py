"""Whose take runs next: fair between people, quick within a person, and the same rule tells everybody's place in line.

Each person has a virtual time that grows by cost/weight with every stage run for them; the person who is least ahead is
next (start-time fair queueing). Whoever comes back after a pause starts level with the others, so idling saves nothing
up. Within a person, what was begun is finished first, then their own order, then age. A worker keeps the take whose
state it holds for a quantum of stages before fairness moves another in: loading a state is the price of a change.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

# Usual stages a worker may keep a take in a row while others wait; once a window of four is full, as many seconds.
QUANTUM_STAGES = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A take that could run its next stage now."""

    take_id: str
    person: str
    # Order among the same person's takes: begun ones first, then this, then since.
    begun: bool
    order: float
    since: float
    # Stages still to run, at least 1.
    stages_left: int
    # Stages run in a row by the worker that holds it.
    quantum_used: int = 0
    # Time of a stage, as a multiple of a usual one: a careful take is served as much as two usual ones.
    stage_cost: float = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody with takes in line."""

    name: str
    weight: int
    # Stages run for them so far, in usual ones, divided by weight.
    virtual_time: float
    # Takes of theirs that run this moment, and the most that may.
    running: int
    most_running: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A worker with nothing to do, and the take whose state it holds."""

    worker: str
    holds: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pick:
    """This take runs its next stage on this worker."""

    take_id: str
    worker: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a take is in line, in usual stages of one worker."""

    take_id: str
    # 1 is next to begin; 0 has begun.
    position: int
    # Stages that all workers together run before it begins, and before it ends, counted per worker.
    starts_after: float
    ends_after: float


def level(people: Iterable[Person]) -> dict[str, Person]:
    """People by name, nobody further behind than one quantum: time not spent in line is not saved up."""
    everyone = list(people)
    front = max((person.virtual_time for person in everyone), default=0.0)
    oldest = front - QUANTUM_STAGES
    return {person.name: replace(person, virtual_time=max(person.virtual_time, oldest)) for person in everyone}


def pick(waiting: Sequence[Waiting], people: Iterable[Person], slots: Sequence[Slot]) -> list[Pick]:
    """Which take each free worker runs.

    Args:
        waiting: Takes that could run.
        people: Everybody named by ``waiting``.
        slots: Free workers.

    Returns:
        At most one pick per slot and per take.
    """
    standing, left, picks = level(people), {take.take_id: take for take in waiting}, []
    # Workers that hold something choose first, so that nobody else takes it from them.
    for slot in sorted(slots, key=lambda slot: (slot.holds not in left, slot.worker)):
        take = _next(left, standing, slot)
        if take is None:
            continue
        del left[take.take_id]
        standing[take.person] = _served(take, standing[take.person], running=1)
        picks.append(Pick(take_id=take.take_id, worker=slot.worker))
    return picks


def places(
    waiting: Sequence[Waiting], running: Sequence[Waiting], people: Iterable[Person], *, num_workers: int
) -> list[Place]:
    """Everybody's place, found by letting the rule above run ahead.

    Args:
        waiting: Takes that could run.
        running: Takes whose stage runs this moment; they go on like the others afterwards.
        people: Everybody named.
        num_workers: Workers alive; without one nobody can say how long, and it is taken as one.

    Returns:
        One place per take, running ones included.
    """
    standing = {name: replace(person, running=0) for name, person in level(people).items()}
    left = {take.take_id: replace(take, begun=True) for take in running}
    left |= {take.take_id: take for take in waiting}
    begun: dict[str, float] = {take.take_id: 0.0 for take in left.values() if take.begun}
    ended: dict[str, float] = {}
    holds = [take.take_id for take in running[:num_workers]]
    holds += [""] * (max(1, num_workers) - len(holds))
    # When each worker has its hands free, and the take that is in them until then.
    free_at = [0.0] * len(holds)
    in_hand: dict[int, Waiting] = {}
    while left:
        now = min(free_at)
        in_hand = {index: take for index, take in in_hand.items() if free_at[index] > now}
        free = [Slot(worker=f"{index:04d}", holds=held) for index, held in enumerate(holds) if free_at[index] <= now]
        busy = {take.take_id for take in in_hand.values()}
        able = [take for take in left.values() if take.take_id not in busy]
        picks = pick(able, _with_running(standing, in_hand.values()), free)
        for chosen in picks:
            take, worker = left[chosen.take_id], int(chosen.worker)
            begun.setdefault(take.take_id, now)
            standing[take.person] = _served(take, standing[take.person], running=0)
            again = holds[worker] == take.take_id
            holds[worker], in_hand[worker], free_at[worker] = take.take_id, take, now + take.stage_cost
            used = take.quantum_used + 1 if again else 1
            if take.stages_left > 1:
                left[take.take_id] = replace(take, begun=True, stages_left=take.stages_left - 1, quantum_used=used)
            else:
                del left[take.take_id]
                ended[take.take_id] = now + take.stage_cost
        if not in_hand:
            break
        # Whoever found nothing looks again when somebody is done.
        done = min(free_at[index] for index in in_hand)
        free_at = [max(at, done) for at in free_at]
    return _numbered([*running, *waiting], begun, ended)


def _numbered(takes: Sequence[Waiting], begun: dict[str, float], ended: dict[str, float]) -> list[Place]:
    found, position = [], 0
    for take in sorted(takes, key=lambda take: (begun.get(take.take_id, float("inf")), take.since)):
        waits = not take.begun and begun.get(take.take_id, float("inf")) > 0
        position += waits
        found.append(
            Place(
                take_id=take.take_id,
                position=position if waits else 0,
                starts_after=begun.get(take.take_id, float("inf")),
                ends_after=ended.get(take.take_id, float("inf")),
            )
        )
    return found


def _next(left: dict[str, Waiting], people: dict[str, Person], slot: Slot) -> Waiting | None:
    able = [take for take in left.values() if people[take.person].running < people[take.person].most_running]
    if not able:
        return None
    held = left.get(slot.holds)
    if held in able and held is not None and (held.quantum_used * held.stage_cost < QUANTUM_STAGES or len(able) == 1):
        return held
    first = min(
        {take.person for take in able}, key=lambda name: (people[name].virtual_time, people[name].running, name)
    )
    mine = [take for take in able if take.person == first]
    return min(mine, key=lambda take: (not take.begun, take.order, take.since, take.take_id))


def _with_running(people: dict[str, Person], in_hand: Iterable[Waiting]) -> list[Person]:
    """Everybody, with the takes of theirs that workers have in their hands."""
    counted = dict(people)
    for take in in_hand:
        person = counted[take.person]
        counted[take.person] = replace(person, running=person.running + 1)
    return list(counted.values())


def _served(take: Waiting, person: Person, *, running: int) -> Person:
    served = person.virtual_time + take.stage_cost / person.weight
    return replace(person, virtual_time=served, running=person.running + running)
