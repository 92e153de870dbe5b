import pytest
import torch

from kernels.distributed.ranks import KEPT, Ranks, Traffic
from kernels.errors import UnsupportedInput


def exchange_job(ranks):
    # To peer p go p rows, so to rank 0 none; every row says who sent it.
    rows = torch.full((6, 2, 3), float(ranks.rank))
    arrived = ranks.exchange(rows, [0, 1, 2, 3], [ranks.rank] * 4).wait()
    assert arrived.shape == (4 * ranks.rank, 2, 3)
    assert arrived[:, 0, 0].tolist() == [float(peer) for peer in range(4) for _ in range(ranks.rank)]
    row_bytes = 2 * 3 * 4
    assert ranks.traffic.sent == [peer * row_bytes * (peer != ranks.rank) for peer in range(4)]
    assert ranks.traffic.received == [ranks.rank * row_bytes * (peer != ranks.rank) for peer in range(4)]
    ranks.traffic.reset()
    assert ranks.traffic.sent == ranks.traffic.received == [0] * 4
    assert ranks.traffic.exchanges == 0


def test_rows_go_to_their_peers_and_are_counted(processes):
    processes.run(exchange_job)


def gather_job(ranks):
    heard = ranks.gather(f"I am {ranks.rank}".encode(), room=16)
    assert heard == [b"I am 0", b"I am 1", b"I am 2", b"I am 3"]


def test_everyone_hears_everyone(processes):
    processes.run(gather_job)


def kept_job(ranks):
    made = []

    def keep(key):
        return ranks.kept(key, lambda: made.append(key) or key)

    for key in range(KEPT):
        keep(("kept", key))
    keep(("kept", 0))
    keep(("kept", KEPT))
    assert keep(("kept", 0)) == ("kept", 0)
    assert made.count(("kept", 0)) == 1
    # Not asked for longest.
    keep(("kept", 1))
    assert made.count(("kept", 1)) == 2


def test_what_was_not_asked_for_longest_is_made_again(processes):
    processes.run(kept_job)


def outsider_job(ranks):
    group = torch.distributed.new_group([0, 1], use_local_synchronization=True) if ranks.rank < 2 else None
    if ranks.rank >= 2:
        group = torch.distributed.GroupMember.NON_GROUP_MEMBER
        with pytest.raises(UnsupportedInput, match="must be in the group"):
            Ranks(group)
    else:
        assert Ranks(group).size == 2
    for timeout in (0, -1.0, float("inf"), float("nan")):
        with pytest.raises(UnsupportedInput, match="timeout must be"):
            Ranks(ranks.group, timeout=timeout)


def test_only_members_and_only_with_a_time_to_wait(processes):
    processes.run(outsider_job)


def test_without_a_group_there_are_no_ranks():
    with pytest.raises(UnsupportedInput, match="init_process_group first"):
        Ranks()


def test_traffic_starts_at_nothing():
    traffic = Traffic(3)

    assert (traffic.sent, traffic.received, traffic.exchanges) == ([0, 0, 0], [0, 0, 0], 0)
