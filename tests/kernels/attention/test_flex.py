"""FlexAttention's masks of blocks are those of the slices, and are kept."""

import pytest
import torch

from kernels.attention.flex import block_mask
from kernels.planning.masks import block_causal
from tests.kernels.planning.golden_cases import CASES, golden_mask, slices_of


@pytest.mark.parametrize("name", ["random_types_mixed", "q_overlap_multi_k", "block_sparse_random16"])
def test_predicate_is_the_golden_mask(name):
    case = CASES[name]
    rows, columns = torch.arange(case["seqlen_q"]), torch.arange(case["seqlen_k"])

    mask = block_mask(slices_of(case), case["seqlen_q"], case["seqlen_k"], torch.device("cpu"))

    seen = torch.stack([mask.mask_mod(torch.tensor(0), torch.tensor(0), row, columns) for row in rows])
    assert (seen.numpy() == golden_mask(case)).all()


def test_a_mask_is_made_once():
    mask = block_causal(256, block=128)

    assert block_mask(mask, 256, 256, torch.device("cpu")) is block_mask(mask, 256, 256, torch.device("cpu"))
