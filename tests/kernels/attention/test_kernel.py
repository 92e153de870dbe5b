"""The Triton kernels: interpreted against float64, and compiled for GPUs that are not there."""

import pytest
import torch

from kernels.attention import op
from kernels.attention.attended import Attended
from kernels.attention.launch import backward_sizes, forward_sizes
from kernels.attention.options import AttentionOptions
from kernels.attention.registered import slice_attention
from kernels.planning.masks import block_causal, sliding_window
from tests.kernels import triton_bed
from tests.kernels.attention.doctrine import check, draw, run
from tests.kernels.attention.test_attention import MIXED
from tests.kernels.planning.golden_cases import CASES, slices_of

VARIED = ("random_types_mixed", "q_overlap_multi_k", "odd_ranges_empty_rows", "bi_causal_sq_lt_sk")


def kernel(query, key, value, mask, *, sink=None, options=AttentionOptions()):  # noqa: B008 - frozen
    """The kernels on whatever device the tensors are; the op itself asks for a GPU."""
    rule = options.rule(query.shape[3])
    numbers = [number for part in mask for number in (*part.queries, *part.keys, int(part.kind))]
    assert sink is None
    return Attended(*slice_attention(query, key, value, numbers, rule.scale, rule.softcap, "triton"))


@pytest.mark.interpreter
@pytest.mark.usefixtures("poisoned_memory")
@pytest.mark.parametrize("name", CASES)
def test_golden_masks(name):
    case = CASES[name]
    inputs = draw(case["seqlen_q"], case["seqlen_k"], heads=(2, 1), dtype=torch.float32)

    check(run(kernel, inputs, mask=slices_of(case)), inputs, mask=slices_of(case))


@pytest.mark.interpreter
@pytest.mark.usefixtures("poisoned_memory")
@pytest.mark.parametrize("softcap", [0.0, 2.0])
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("name", VARIED)
def test_narrow_dtypes_and_caps(name, dtype, softcap):
    case = CASES[name]
    inputs = draw(case["seqlen_q"], case["seqlen_k"], heads=(2, 2), dtype=dtype, batch=2)
    options = {"mask": slices_of(case), "options": AttentionOptions(softcap=softcap, scale=0.3)}

    check(run(kernel, inputs, **options), inputs, **options)


@pytest.mark.interpreter
@pytest.mark.parametrize("size", [16, 24, 72, 128, 192])
def test_heads_of_any_size(size):
    inputs = draw(110, 130, heads=(3, 1), size=size, dtype=torch.float16)

    check(run(kernel, inputs, mask=MIXED), inputs, mask=MIXED)


@pytest.mark.interpreter
def test_rows_that_nobody_shows_are_never_read():
    query, key, value = draw(110, 150, dtype=torch.float32)
    key[:, 120:], value[:, 120:] = float("nan"), float("nan")
    query[:, 100:] = float("nan")

    found = run(kernel, [query, key, value], mask=MIXED)

    clean = [query.nan_to_num(), key.nan_to_num(), value.nan_to_num()]
    check(found, clean, mask=MIXED)


@pytest.mark.interpreter
def test_layouts_with_heads_anywhere_are_read_in_place():
    inputs = [part.transpose(1, 2).contiguous().transpose(1, 2) for part in draw(110, 130, dtype=torch.float32)]

    check(run(kernel, inputs, mask=MIXED), inputs, mask=MIXED)


@pytest.mark.interpreter
def test_same_bytes_in_every_run():
    mask = sliding_window(200, left=70, right=9)
    inputs = draw(200, 200, dtype=torch.float16)

    first, again = (run(kernel, inputs, mask=mask) for _ in range(2))

    assert all(torch.equal(first.tensors[name], again.tensors[name]) for name in first.tensors)


@pytest.mark.interpreter
@pytest.mark.parametrize(("queries", "keys"), [(0, 5), (5, 0)])
def test_empty_sequences_are_allowed(queries, keys):
    found = run(kernel, draw(queries, keys, dtype=torch.float32), mask=())

    assert all((part == 0).all() for part in found.tensors.values())


@pytest.mark.compiles
@pytest.mark.parametrize("capability", triton_bed.CAPABILITIES)
@pytest.mark.parametrize(
    ("dtype", "size"),
    [
        (torch.float16, 64),
        (torch.bfloat16, 72),
        (torch.bfloat16, 128),
        (torch.bfloat16, 192),
        # Without matrix units these take up to minutes to compile: long heads only when asked for.
        (torch.float32, 64),
        pytest.param(torch.float32, 192, marks=pytest.mark.slow),
    ],
    ids=str,
)
def test_kernels_compile_and_fit(dtype, size, capability):
    inputs = draw(64, 64, size=size, dtype=dtype)

    with triton_bed.compiled_for(capability) as compiled:
        run(
            kernel, inputs, mask=block_causal(64, block=32), options=AttentionOptions(softcap=30.0 if size == 64 else 0)
        )

    assert [one.name for one in compiled] == ["attend", "query_gradient", "key_gradients"]
    matrix_units = "wgmma" if capability == 90 else "mma.sync"
    assert dtype == torch.float32 or all(matrix_units in one.ptx or "mma.sync" in one.ptx for one in compiled)


@pytest.mark.parametrize("size", [16, 64, 65, 128, 129, 256])
@pytest.mark.parametrize("element_bytes", [2, 4])
def test_larger_heads_have_no_larger_tiles(size, element_bytes):
    for sizes in (forward_sizes, backward_sizes):
        smaller, larger = sizes(size, element_bytes), sizes(min(256, 2 * size), element_bytes)
        assert larger.tile * larger.step <= smaller.tile * smaller.step


@pytest.mark.gpu
@pytest.mark.parametrize("dtype", triton_bed.DTYPES, ids=str)
@pytest.mark.parametrize("name", CASES)
def test_golden_masks_on_a_gpu(name, dtype):
    case = CASES[name]
    inputs = draw(case["seqlen_q"], case["seqlen_k"], size=64, dtype=dtype, device="cuda")

    found = run(op.attention, inputs, mask=slices_of(case), options=AttentionOptions(backend="triton"))

    found.tensors.update({name: part.cpu() for name, part in found.tensors.items()})
    check(found, [part.cpu() for part in inputs], mask=slices_of(case))
