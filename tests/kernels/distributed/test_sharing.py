import pytest

from kernels.distributed.sharing import SharingOptions, share
from kernels.errors import UnsupportedInput
from kernels.planning.masks import block_causal, sliding_window
from kernels.planning.plan import PlanKey
from kernels.planning.ranges import Range
from kernels.planning.slices import AttentionSlice

TWICE = (
    AttentionSlice(queries=Range(0, 32), keys=Range(0, 8)),
    AttentionSlice(queries=Range(10, 12), keys=Range(7, 9)),
)


BLOCKS = block_causal(64, block=8)


def key_of(ranks, mask=BLOCKS):
    return PlanKey(mask=mask, rows=64, ranks=ranks, chunk_rows=4, swaps=20)


def kept_job(ranks):
    first = share(key_of(ranks.size), ranks)
    assert share(key_of(ranks.size), ranks) is first
    others = [
        share(key_of(ranks.size), ranks, options=SharingOptions(stages=2)),
        share(key_of(ranks.size), ranks, mask=sliding_window(64, left=3, right=0)),
        share(key_of(ranks.size, sliding_window(64, left=3, right=0)), ranks),
    ]
    assert len({one.digest for one in (first, *others)}) == 4
    assert (first.rows, first.own_rows, first.mask) == (64, 16, BLOCKS)
    return first.digest


def test_the_same_is_shared_once_and_has_one_name_on_all_ranks(processes):
    assert len(set(processes.run(kept_job))) == 1


def cover_job(ranks):
    share(key_of(ranks.size, TWICE), ranks)
    share(key_of(ranks.size, TWICE), ranks, options=SharingOptions(check_cover=True))


def test_cells_in_two_slices_are_refused_where_asked(processes):
    for error, said in processes.ask(cover_job):
        assert error == UnsupportedInput.__name__
        assert "a cell may lie in one slice only" in said


@pytest.mark.parametrize("numbers", [{"stages": -1}, {"part_rows": 0}, {"ranks_per_node": -1}])
def test_numbers_below_what_they_may_be_are_refused(numbers):
    with pytest.raises(UnsupportedInput, match="at least"):
        SharingOptions(**numbers)
