"""How close is close enough (attention spec, section 6): never worse than the plain way in the same dtype allows."""

from dataclasses import dataclass

import torch
from torch import Tensor

from kernels.attention import reference
from kernels.attention.attended import Attended

# Relative tolerance per tensor, and what share of elements may lie outside of it at most.
RELATIVE = {"out": 0.05, "lse": 1e-3, "query": 0.3, "key": 0.15, "value": 0.05, "sink": 0.05}
MOST_OUTSIDE = 0.05
# Where even the plain way in low precision is exact: a few roundings of float32.
FLOOR = 2e-5
FLOAT64 = 1e-8


@dataclass(frozen=True)
class Sides:
    """What attention gave: outputs, log-sum-exps (blind rows as 0) and gradients, by name."""

    tensors: dict[str, Tensor]


def draw(queries, keys, *, heads=(4, 2), size=16, batch=1, dtype=torch.float64, seed=0, device="cpu"):
    generator = torch.Generator().manual_seed(seed)
    shapes = [(batch, queries, heads[0], size), (batch, keys, heads[1], size), (batch, keys, heads[1], size)]
    return [torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype).to(device) for shape in shapes]


def run(attention, inputs, *, sink=None, gradients=True, **options) -> Sides:
    """Values, and gradients of a fixed weighing of outputs and log-sum-exps."""
    leaves = [part.detach().clone().requires_grad_(gradients) for part in (*inputs, *([] if sink is None else [sink]))]
    query, key, value, *rest = leaves
    attended = attention(query, key, value, sink=rest[0] if rest else None, **options)
    lse = attended.lse.masked_fill(attended.lse.isinf(), 0.0)
    found = {"out": attended.out, "lse": lse}
    if gradients:
        weigh = torch.Generator().manual_seed(99)
        loss = sum(
            (part.double() * torch.randn(part.shape, generator=weigh, dtype=torch.float64).to(part.device)).sum()
            for part in (attended.out, lse)
        )
        names = ("query", "key", "value", "sink")
        found |= dict(zip(names, torch.autograd.grad(loss, leaves), strict=False))
    return Sides({name: part.detach() for name, part in found.items()})


def truth(inputs, *, sink=None, precision=torch.float64, **options) -> Sides:
    """The dense twin; in float64, or in the dtype of the inputs to see what that dtype costs."""

    def dense(query, key, value, **given) -> Attended:
        return reference.attention(query, key, value, precision=precision, **given)

    exact = [part.to(precision) for part in inputs]
    return run(dense, exact, sink=None if sink is None else sink.to(precision), **options)


def check(found: Sides, inputs, *, sink=None, **options) -> None:
    """Refuse what is further from float64 than twice what the plain way in the inputs' dtype is."""
    exact = truth(inputs, sink=sink, **options)
    dtype = inputs[0].dtype
    if dtype == torch.float64:
        for name, part in found.tensors.items():
            torch.testing.assert_close(part, exact.tensors[name], rtol=FLOAT64, atol=FLOAT64)
        return
    plain = truth(inputs, sink=sink, precision=dtype, **options)
    for name, expected in exact.tensors.items():
        _gate(name, found.tensors[name].double(), plain.tensors[name].double(), expected)


def _gate(name: str, part: Tensor, plain: Tensor, expected: Tensor) -> None:
    assert part.isfinite().all(), f"{name} is not finite"
    largest = float((part - expected).abs().max())
    allowed = max(FLOOR * max(1.0, float(expected.abs().max())), 2 * float((plain - expected).abs().max()))
    assert largest <= allowed, f"{name}: off by {largest:.3g}, the plain way allows {allowed:.3g}"
    share, plain_share = (_outside(one, expected, RELATIVE[name]) for one in (part, plain))
    most = min(MOST_OUTSIDE, max(2 * plain_share, 0.01))
    assert share <= most, f"{name}: {share:.3%} of elements differ, at most {most:.3%} may"


def _outside(part: Tensor, expected: Tensor, relative: float) -> float:
    # Elements near zero have no relative error to speak of.
    floor = 1e-2 * float(expected.abs().mean()) + 1e-8
    return float(((part - expected).abs() > floor + relative * expected.abs()).double().mean())
