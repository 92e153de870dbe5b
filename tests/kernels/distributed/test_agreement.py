"""Ranks that differ in anything, or fail, or end: every rank gets an error that says so, and none waits for ever."""

import os
import time

import pytest
import torch

from kernels.attention.options import AttentionOptions
from kernels.distributed.agreement import ROOM, agreeing
from kernels.distributed.op import (
    SharingOptions,
    Way,
    distributed_attention,
    share,
)
from kernels.errors import PeerLost, UnsupportedInput
from kernels.planning.masks import block_causal
from kernels.planning.plan import PlanKey

ROWS = 64


def key_of(ranks, *, block=8, chunk_rows=4, rows=ROWS):
    return PlanKey(mask=block_causal(rows, block=block), rows=rows, ranks=ranks, chunk_rows=chunk_rows, swaps=20)


def inputs_of(shared, *, heads=(4, 4), size=8, batch=1, dtype=torch.float64, rows=None):
    shape = (batch, shared.own_rows if rows is None else rows)
    return [torch.zeros(*shape, count, size, dtype=dtype) for count in (heads[0], heads[1], heads[1])]


# What the last rank does differently: arguments of `key_of`, of SharingOptions, of inputs, or of the call.
DIFFERENT = {
    "mask": ({"block": 16}, {}, {}, {}, "the shared sequence must be the same on every rank"),
    "chunks": ({"chunk_rows": 8}, {}, {}, {}, "the shared sequence must be the same on every rank"),
    "world size": ({"ranks": 2}, {}, {}, {}, "the plan must be for the 4 ranks of the group, got one for 2"),
    "impossible mask": ({"rows": 0}, {}, {}, {}, "rank 3 cannot go on, so no rank can: rows and chunk_rows must be"),
    "stages": ({}, {"stages": 3}, {}, {}, "the shared sequence must be the same on every rank"),
    "nodes": ({}, {"ranks_per_node": 3}, {}, {}, "ranks_per_node must divide the number of ranks 4"),
    "length": ({}, {}, {"rows": 3}, {}, "rank 3 cannot go on, so no rank can: query and key must have this rank's"),
    "batch": ({}, {}, {"batch": 2}, {}, "the batch must be the same on every rank, got 1 on rank 0"),
    "dtype": ({}, {}, {"dtype": torch.float32}, {}, "the dtype must be the same on every rank, got torch.float64 on"),
    "strange dtype": ({}, {}, {"dtype": torch.int64}, {}, "rank 3 cannot go on, so no rank can: query, key and value"),
    "heads": ({}, {}, {"heads": (8, 4)}, {}, "heads of queries and keys must be the same on every rank"),
    "head size": ({}, {}, {"size": 4}, {}, "the head size must be the same on every rank"),
    "scale": ({}, {}, {}, {"options": AttentionOptions(scale=2.0)}, "the options must be the same on every rank"),
    "backend": ({}, {}, {}, {"options": AttentionOptions(backend="flex")}, "'flex' has no gradients of parts"),
    "sink": ({}, {}, {}, {"sink": torch.zeros(1, 4)}, "whether there is a sink must be the same on every rank"),
    "sink of other heads": ({}, {}, {}, {"sink": torch.zeros(1, 3)}, "rank 3 cannot go on, so no rank can: sink must"),
    "way": ({}, {}, {}, {"way": Way.GATHERED}, "the way must be the same on every rank, got staged on rank 0"),
}


def differing_job(ranks, *, what):
    keys, sharing, inputs, call, _ = DIFFERENT[what] if ranks.rank == ranks.size - 1 else ({}, {}, {}, {}, "")
    shared = share(key_of(**{"ranks": ranks.size, **keys}), ranks, options=SharingOptions(**sharing))
    distributed_attention(*inputs_of(shared, **inputs), shared, **call)


@pytest.mark.parametrize("what", DIFFERENT)
def test_ranks_that_differ_all_say_so(processes, what):
    for rank, (error, said) in enumerate(processes.ask(differing_job, what=what)):
        assert error == UnsupportedInput.__name__, said
        # The rank itself need not be told its number.
        text = DIFFERENT[what][-1]
        assert (text.removeprefix("rank 3 cannot go on, so no rank can: ") if rank == 3 else text) in said


def gradients_job(ranks):
    shared = share(key_of(ranks.size), ranks)
    query, key, value = inputs_of(shared)
    distributed_attention(query.requires_grad_(ranks.rank > 0), key, value, shared)


def test_gradients_are_asked_for_everywhere_or_nowhere(processes):
    for error, said in processes.ask(gradients_job):
        assert error == UnsupportedInput.__name__
        assert "whether gradients of query, key and value are asked for must be the same" in said


def too_few_heads_job(ranks):
    shared = share(key_of(ranks.size), ranks)
    distributed_attention(*inputs_of(shared, heads=(4, 2)), shared, way=Way.ULYSSES)


def test_heads_are_dealt_out_evenly_or_not_at_all(processes):
    for error, said in processes.ask(too_few_heads_job):
        assert error == UnsupportedInput.__name__
        assert "got 2 heads for 4 ranks" in said


def other_call_job(ranks):
    shared = share(key_of(ranks.size), ranks)
    if ranks.rank:
        distributed_attention(*inputs_of(shared), shared)
    else:
        share(key_of(ranks.size, block=16), ranks)


def test_ranks_that_call_different_things_all_say_so(processes):
    for error, said in processes.ask(other_call_job):
        assert error == UnsupportedInput.__name__
        assert "must be the same on every rank" in said


def any_error_job(ranks):
    with agreeing(ranks) as facts:
        facts["the weather"] = "fine"
        if ranks.rank == 1:
            raise ZeroDivisionError


def test_whatever_is_raised_is_heard_of_everywhere(processes):
    said = processes.ask(any_error_job)

    assert said[1][0] == "ZeroDivisionError"
    for rank in (0, 2, 3):
        assert said[rank] == (UnsupportedInput.__name__, "rank 1 cannot go on, so no rank can: ZeroDivisionError")


def talkative_job(ranks):
    with agreeing(ranks) as facts:
        facts["a story"] = "x" * ROOM


def test_facts_that_do_not_fit_are_refused(processes):
    for error, said in processes.ask(talkative_job):
        assert error == UnsupportedInput.__name__
        assert f"facts must fit in {ROOM} bytes" in said


def silent_agreement_job(ranks):
    shared = share(key_of(ranks.size), ranks, options=SharingOptions(agree_always=False))
    ranks.traffic.reset()
    distributed_attention(*inputs_of(shared), shared)
    with pytest.raises(UnsupportedInput, match="this rank's"):
        distributed_attention(*inputs_of(shared, rows=1), shared)


def test_ranks_that_trust_each_other_do_not_talk_but_look_at_their_own_input(processes):
    processes.run(silent_agreement_job)


def ending_job(ranks, *, when):
    shared = share(key_of(ranks.size), ranks)
    tensors = [part.requires_grad_() for part in inputs_of(shared)]
    if ranks.rank == 1 and when == "before":
        os._exit(3)
    out = distributed_attention(*tensors, shared).out
    if ranks.rank == 1:
        os._exit(3)
    out.sum().backward()
    # Those that were not waiting for rank 1 notice when they next meet.
    distributed_attention(*tensors, shared)


@pytest.mark.parametrize("when", ["before", "backward"])
def test_a_rank_that_ends_is_noticed_by_the_others(processes, when):
    start = time.monotonic()

    said = processes.ask(ending_job, ranks=4, fresh=True, timeout=6.0, when=when)

    assert said[1][0] == "Gone"
    for rank in (0, 2, 3):
        assert said[rank][0] == PeerLost.__name__, said
        assert f"rank {rank} of 4 needs all ranks to answer within 6 s" in said[rank][1]
    # Much sooner than each waiting for itself, one after the other.
    assert time.monotonic() - start < 40


def silent_job(ranks, *, untrusting):
    shared = share(key_of(ranks.size), ranks, options=SharingOptions(agree_always=untrusting))
    if ranks.rank == 1:
        time.sleep(3)
        return
    start = time.monotonic()
    try:
        distributed_attention(*inputs_of(shared), shared)
    finally:
        # The limit of the ranks, with room for a busy machine; the group's own is a minute.
        assert time.monotonic() - start < 8


@pytest.mark.parametrize("untrusting", [True, False])
def test_a_rank_that_does_not_answer_is_waited_for_no_longer_than_asked(processes, untrusting):
    said = processes.ask(silent_job, ranks=2, fresh=True, timeout=1.0, untrusting=untrusting)

    assert said[0][0] == PeerLost.__name__
    assert "within 1 s" in said[0][1]
    assert said[1] == ("", None)
