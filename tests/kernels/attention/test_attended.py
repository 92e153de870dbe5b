"""Parts over disjoint keys become one, with gradients, also where some saw nothing."""

import torch

from kernels.attention import reference
from kernels.attention.attended import Attended, accumulators, merge, with_sink
from kernels.planning.masks import full_slices
from tests.kernels.attention.doctrine import draw

PARTS = (full_slices([(0, 6)], [(0, 3)]), full_slices([(3, 9)], [(3, 8)]))


def test_merged_parts_are_the_whole():
    inputs = [part.requires_grad_() for part in draw(10, 8)]
    first, second = (reference.attention(*inputs, part) for part in PARTS)

    merged = merge(first, second)

    whole = reference.attention(*inputs, (*PARTS[0], *PARTS[1]))
    torch.testing.assert_close(merged.out, whole.out)
    torch.testing.assert_close(merged.lse, whole.lse)
    found, expected = (torch.autograd.grad(one.out.sin().sum(), inputs) for one in (merged, whole))
    for part, right in zip(found, expected, strict=True):
        torch.testing.assert_close(part, right)


def test_empty_buffers_change_nothing():
    inputs = draw(10, 8)
    part = reference.attention(*inputs, PARTS[0])

    merged = merge(accumulators(inputs[0]), part)

    assert torch.equal(merged.out, part.out)
    assert torch.equal(merged.lse, part.lse)


def test_sink_takes_its_share_of_the_weight():
    attended = Attended(torch.ones(1, 2, 1, 4), torch.tensor([[[0.0], [float("-inf")]]]))

    found = with_sink(attended, torch.zeros(3, 1))

    assert found.out[0, :, 0, 0].tolist() == [0.25, 0.0]
    torch.testing.assert_close(found.lse.flatten().exp(), torch.tensor([4.0, 3.0]))
