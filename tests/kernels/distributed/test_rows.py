import pytest
import torch

from kernels.distributed.rows import pack, take, unpack
from kernels.errors import UnsupportedInput
from kernels.planning.ranges import Range

RANGES = (Range(4, 6), Range(0, 1), Range(2, 2))


def numbered(*features, rows=7, batch=2):
    count = batch * rows
    for size in features:
        count *= size
    return torch.arange(float(count)).view(batch, rows, *features)


@pytest.mark.parametrize(("ranges", "rows"), [(RANGES, [4, 5, 0]), (RANGES[:1], [4, 5]), ((), [])])
def test_rows_are_taken_in_order(ranges, rows):
    whole = numbered(3)

    assert torch.equal(take(whole, ranges), whole[:, rows])


@pytest.mark.parametrize("batch", [1, 2])
def test_what_was_packed_comes_out_again(batch):
    tensors = [numbered(2, 3, batch=batch), numbered(batch=batch), numbered(5, batch=batch)]

    packed = pack(tensors, RANGES)

    assert packed.shape == (3, batch, 6 + 1 + 5)
    assert packed.is_contiguous()
    for found, tensor in zip(unpack(packed, tensors), tensors, strict=True):
        assert torch.equal(found, tensor[:, [4, 5, 0]])
        # Nothing is copied to be read.
        assert found.untyped_storage().data_ptr() == packed.untyped_storage().data_ptr()


def test_nothing_is_packed_too():
    tensors = [numbered(2, 3), numbered(4)]

    found = unpack(pack(tensors, ()), tensors)

    assert [tuple(part.shape) for part in found] == [(2, 0, 2, 3), (2, 0, 4)]


@pytest.mark.parametrize("other", [numbered(2).double(), numbered(2, rows=6), numbered(2, batch=3)])
def test_what_travels_together_is_alike(other):
    with pytest.raises(UnsupportedInput, match="must agree in batch, length and dtype"):
        pack([numbered(2), other], RANGES)
