"""Fair between people, quick within a person, and everybody's place told by the very rule that picks."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.rules.scheduling import QUANTUM_STAGES, Person, Slot, Waiting, level, pick, places


def person(name, **values) -> Person:
    return Person(**{"name": name, "weight": 1, "virtual_time": 0.0, "running": 0, "most_running": 4, **values})


def take(take_id, owner, **values) -> Waiting:
    plain = {"begun": False, "order": 0.0, "since": 0.0, "stages_left": 4, "quantum_used": 0}
    return Waiting(take_id=take_id, person=owner, **{**plain, **values})


def run_to_the_end(takes, people, *, workers=1):
    """Let the rule pick stage after stage; who ran in each, and which takes ended when."""
    left, standing = {it.take_id: it for it in takes}, {it.name: it for it in people}
    holds = [""] * workers
    ran, ended = [], []
    while left:
        standing = level(standing.values())
        picks = pick(
            list(left.values()), standing.values(), [Slot(worker=str(n), holds=holds[n]) for n in range(workers)]
        )
        assert picks, "somebody waits and nobody runs"
        for chosen in picks:
            it = left[chosen.take_id]
            owner = standing[it.person]
            standing[it.person] = replace(owner, virtual_time=owner.virtual_time + it.stage_cost / owner.weight)
            again = holds[int(chosen.worker)] == it.take_id
            holds[int(chosen.worker)] = it.take_id
            ran.append(it.person)
            if it.stages_left == 1:
                del left[it.take_id]
                ended.append(it.person)
            else:
                used = it.quantum_used + 1 if again else 1
                left[it.take_id] = replace(it, begun=True, stages_left=it.stages_left - 1, quantum_used=used)
    return ran, ended


def test_nobody_waits_while_a_worker_is_free():
    assert [it.take_id for it in pick([take("a", "x")], [person("x")], [Slot(worker="w")])] == ["a"]
    assert pick([], [], [Slot(worker="w")]) == []


def test_a_take_runs_on_one_worker_only():
    picks = pick([take("a", "x")], [person("x")], [Slot(worker="w1"), Slot(worker="w2")])

    assert len(picks) == 1


def test_a_worker_keeps_what_it_holds_for_a_quantum():
    waiting = [take("a", "x", begun=True, quantum_used=1), take("b", "y")]
    people = [person("x", virtual_time=3.0), person("y")]

    assert pick(waiting, people, [Slot(worker="w", holds="a")])[0].take_id == "a"


def test_after_a_quantum_the_one_who_is_behind_is_next():
    waiting = [take("a", "x", begun=True, quantum_used=QUANTUM_STAGES), take("b", "y")]
    people = [person("x", virtual_time=4.0), person("y")]

    assert pick(waiting, people, [Slot(worker="w", holds="a")])[0].take_id == "b"


def test_alone_a_take_goes_on_for_ever():
    waiting = [take("a", "x", begun=True, quantum_used=99)]

    assert pick(waiting, [person("x")], [Slot(worker="w", holds="a")])[0].take_id == "a"


def test_what_was_begun_is_finished_first_then_the_persons_own_order_then_age():
    waiting = [
        take("old", "x", since=1),
        take("first", "x", order=-1, since=9),
        take("begun", "x", begun=True, since=5),
    ]
    chosen = []
    while waiting:
        chosen.append(pick(waiting, [person("x")], [Slot(worker="w")])[0].take_id)
        waiting = [it for it in waiting if it.take_id != chosen[-1]]

    assert chosen == ["begun", "first", "old"]


def test_one_person_never_has_more_running_than_may_run():
    waiting = [take(str(n), "x") for n in range(5)]
    slots = [Slot(worker=str(n)) for n in range(5)]

    assert len(pick(waiting, [person("x", running=2, most_running=4)], slots)) == 2


def test_three_people_with_ten_equal_takes_each_are_never_more_than_one_apart():
    people = [person(name) for name in "xyz"]
    takes = [take(f"{name}{n}", name, since=float(ord(name) * 100 + n)) for name in "xyz" for n in range(10)]

    ran, ended = run_to_the_end(takes, people)

    for moment in range(len(ended) + 1):
        counts = [ended[:moment].count(name) for name in "xyz"]
        assert max(counts) - min(counts) <= 1
    for moment in range(len(ran) + 1):
        counts = [ran[:moment].count(name) for name in "xyz"]
        assert max(counts) - min(counts) <= QUANTUM_STAGES


def test_twice_the_weight_is_twice_the_stages():
    people = [person("x", weight=2), person("y")]
    takes = [take(f"{name}{n}", name, stages_left=8) for name in "xy" for n in range(20)]

    ran, _ = run_to_the_end(takes, people)

    early = ran[:120]
    assert early.count("x") / early.count("y") == pytest.approx(2, abs=0.3)


def test_idling_saves_nothing_up():
    levelled = level([person("x", virtual_time=1000.0), person("y")])

    assert levelled["y"].virtual_time == 1000.0 - QUANTUM_STAGES


@given(
    st.lists(st.tuples(st.sampled_from("xyz"), st.integers(1, 6)), min_size=1, max_size=12),
    st.integers(1, 3),
)
def test_places_come_true(wishes, workers):
    """What is told is what the rule then does: takes begin in the order of their positions."""
    takes = [take(str(n), name, stages_left=stages, since=float(n)) for n, (name, stages) in enumerate(wishes)]
    people = [person(name) for name in {name for name, _ in wishes}]

    found = {it.take_id: it for it in places(takes, [], people, num_workers=workers)}

    assert set(found) == {it.take_id for it in takes}
    assert all(it.ends_after >= it.starts_after + found_stages(takes, it.take_id) - 1e-9 for it in found.values())
    waiting = sorted((it for it in found.values() if it.position), key=lambda it: it.position)
    assert [it.position for it in waiting] == list(range(1, len(waiting) + 1))
    starts = [it.starts_after for it in waiting]
    assert starts == sorted(starts)


def found_stages(takes, take_id):
    return next(it.stages_left for it in takes if it.take_id == take_id)


def test_a_running_take_has_no_place_in_line():
    found = places([take("b", "y")], [take("a", "x", begun=True)], [person("x"), person("y")], num_workers=1)

    assert {it.take_id: it.position for it in found} == {"a": 0, "b": 1}


def test_without_workers_places_are_told_as_if_there_were_one():
    assert places([take("a", "x")], [], [person("x")], num_workers=0)[0].ends_after == 4


def test_a_stage_that_costs_double_counts_as_two():
    """Nobody gets more of the machines by asking for careful takes."""
    takes = [
        take(f"{name}{n}", name, stages_left=8, stage_cost=cost)
        for name, cost in (("x", 2.0), ("y", 1.0))
        for n in range(20)
    ]
    people = [person("x"), person("y")]

    ran, _ = run_to_the_end(takes, people)

    assert ran[:120].count("y") / ran[:120].count("x") == pytest.approx(2, abs=0.3)


def test_a_take_ends_after_as_much_time_as_its_stages_cost():
    found = places(
        [take("fine", "x", stage_cost=2.0), take("draft", "y", stage_cost=0.5), take("next", "y", since=1)],
        [], [person("x"), person("y")], num_workers=2,
    )  # fmt: skip

    assert {it.take_id: (it.starts_after, it.ends_after) for it in found} == {
        "fine": (0.0, 8.0), "draft": (0.0, 2.0), "next": (2.0, 6.0),
    }  # fmt: skip


def test_a_worker_that_finds_nothing_waits_for_the_one_that_is_busy():
    """One running take a person: the second worker must not begin the other before the first is done with it."""
    takes = [take("a", "x", stages_left=1, stage_cost=2.0), take("b", "x", stages_left=1, since=1)]

    found = places(takes, [], [person("x", most_running=1)], num_workers=2)

    assert {it.take_id: it.starts_after for it in found} == {"a": 0.0, "b": 2.0}
