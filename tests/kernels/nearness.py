"""How near a kernel must come to the truth: the reference in float64, and the reference in the kernel's own dtype.

Whatever rounds its inputs and outputs to a dtype errs; the reference in that dtype shows how much. A kernel may err
twice as far, and about as often.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

# Twice the low reference's largest error: the kernel sums in another order, and rounds in other places.
SLACK = 2.0
# Below so many roundings of the largest value nothing is told apart: the low reference may have been lucky.
FLOOR_ROUNDINGS = 2.0
# At most so many elements may lie outside the relative tolerance, beyond twice the low reference's.
MISMATCHES = 0.05
# Of an element: a handful of roundings of its dtype.
RELATIVE = {torch.float32: 1e-4, torch.float16: 1e-2, torch.bfloat16: 5e-2}


def assert_near(found: Tensor, truth: Tensor, low: Tensor) -> None:
    """Hold a kernel's tensor against the truth.

    Args:
        found: The kernel's.
        truth: The reference's in float64.
        low: The reference's in the kernel's dtypes.
    """
    assert found.shape == truth.shape == low.shape
    assert found.dtype == low.dtype
    assert found.isfinite().all()
    error, allowed = (found - truth).abs(), (low - truth).abs().max()
    floor = FLOOR_ROUNDINGS * torch.finfo(found.dtype).eps * truth.abs().max()
    assert error.max() <= max(floor, SLACK * allowed), f"{error.max():.3g}, the reference errs by {allowed:.3g}"
    share, low_share = mismatches(found, truth), mismatches(low, truth)
    assert share <= min(MISMATCHES, SLACK * low_share + 1 / found.numel()), f"{share:.3g} against {low_share:.3g}"


def mismatches(found: Tensor, truth: Tensor) -> float:
    """The share of elements outside the relative tolerance of ``found``'s dtype, zeros apart."""
    tolerance = RELATIVE[found.dtype] * truth.abs() + torch.finfo(found.dtype).eps
    return ((found - truth).abs() > tolerance).double().mean().item()


def poisoned(tensor: Tensor, *, padding: int = 64) -> Tensor:
    """The same values, contiguous, in memory that is NaN on either side."""
    memory = torch.full((tensor.numel() + 2 * padding,), torch.nan, dtype=tensor.dtype)
    inside = memory[padding:-padding].view(tensor.shape)
    return inside.copy_(tensor)


def values_and_gradients(function: Callable[..., Tensor], arguments: Sequence[Tensor]) -> list[Tensor]:
    """The result, then the gradient of each argument, for the same random gradient of the result in every dtype.

    Args:
        function: Of these tensors alone.
        arguments: Left as they are.
    """
    leaves = [argument.detach().requires_grad_() for argument in arguments]
    result = function(*leaves)
    generator = torch.Generator().manual_seed(1)
    # Of values that every dtype holds.
    gradient = torch.randn(result.shape, generator=generator).to(torch.bfloat16).half()
    result.backward(gradient.to(result.dtype))
    return [result.detach(), *(leaf.grad for leaf in leaves if leaf.grad is not None)]


def assert_all_near(fused: Callable[..., Tensor], plain: Callable[..., Tensor], arguments: Sequence[Tensor]) -> None:
    """Hold a kernel's values and gradients against the truth, among memory that is NaN.

    Args:
        fused: Of these tensors alone.
        plain: The reference of the same.
        arguments: In the kernel's dtypes.
    """
    found = values_and_gradients(fused, [poisoned(argument) for argument in arguments])
    truth = values_and_gradients(plain, [argument.double() for argument in arguments])
    low = values_and_gradients(plain, arguments)
    assert len(found) == 1 + len(arguments)
    for tensors in zip(found, truth, low, strict=True):
        assert_near(*tensors)
