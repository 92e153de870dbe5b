"""Kernels that exist for the tests of the test bed; import only where Triton is."""

import triton
from triton import language as tl


@triton.jit
def double(inputs, outputs, size, block: tl.constexpr):
    offsets = tl.program_id(0) * block + tl.arange(0, block)
    inside = offsets < size
    tl.store(outputs + offsets, 2 * tl.load(inputs + offsets, mask=inside), mask=inside)


@triton.jit
def square_product(left, right, outputs, steps, side: tl.constexpr):
    cells = tl.arange(0, side)[:, None] * side + tl.arange(0, side)
    sums = tl.zeros((side, side), tl.float32)
    for step in tl.range(steps, num_stages=4):
        shifted = step * side * side + cells
        sums = tl.dot(tl.load(left + shifted), tl.load(right + shifted), sums)
    tl.store(outputs + cells, sums)
