"""Attention over ranks in stages: the next rows travel while what has come is computed, forward and backward.

Forward, outputs and log-sum-exps of the stages join in buffers. Backward, keys and values are fetched again, and the
gradients of a stage travel back to their owners while the next one is computed. Everything is added up in an order that
is the same in every run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from kernels.attention import backends
from kernels.attention.attended import Attended, AttendedGradients, Gradients, accumulation_dtype, accumulators
from kernels.attention.op import attention
from kernels.attention.options import AttentionOptions
from kernels.distributed.casting import Pending
from kernels.distributed.fetching import fetch, give_back
from kernels.distributed.sharing import SharedSequence
from kernels.planning.slices import AttentionSlice


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Run:
    """What does not change from stage to stage."""

    shared: SharedSequence
    options: AttentionOptions


def staged_attention(query: Tensor, key: Tensor, value: Tensor, run: Run) -> Attended:
    """Attend from a rank's queries to all keys of the sequence that they see, wherever these lie.

    Args:
        query: ``(B, own rows, N, K)``.
        key: ``(B, own rows, N_kv, K)``.
        value: Like ``key``.
        run: The sequence, and how to compute; checked, and the same on all ranks.

    Returns:
        Outputs and log-sum-exps, differentiable both, once.
    """
    out, lse = _StagedAttention.apply(query, key, value, run)  # type: ignore[no-untyped-call]  # torch's
    return Attended(out, lse)


class _StagedAttention(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, query: Tensor, key: Tensor, value: Tensor, run: Run) -> tuple[Tensor, Tensor]:  # noqa: ANN401 - torch's
        keep = run.shared.options.keep_fetched and any(ctx.needs_input_grad)
        came = _Fetches(key, value, run, keep=keep)
        attended = _attend_at_once(query, came) if run.shared.schedule.merged else _attend_in_stages(query, came)
        out = attended.out.to(query.dtype)
        ctx.run = run
        ctx.save_for_backward(query, key, value, out, attended.lse, *(part for both in came.kept for part in both))
        return out, attended.lse

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_out: Tensor, grad_lse: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401 - torch's
        query, key, value, out, lse, *kept = ctx.saved_tensors
        part = _Backward(
            grads=AttendedGradients(grad_out, grad_lse), query=query, attended=Attended(out, lse), run=ctx.run
        )
        came = _Fetches(key, value, ctx.run, kept=tuple(zip(kept[::2], kept[1::2], strict=True)))
        found = _differentiate(part, came, returning=any(ctx.needs_input_grad[1:3]))
        return (*(total.to(query.dtype) for total in found), None)


class _Fetches:
    """Keys and values of the stages one after the other, each launched before the one before it is computed.

    Args:
        key: The rank's own.
        value: The rank's own.
        run: Whose stages.
        keep: Whether to hold on to what is fetched, in ``kept``.
        kept: What was fetched before: then nothing travels.
    """

    def __init__(
        self, key: Tensor, value: Tensor, run: Run, *, keep: bool = False, kept: Sequence[tuple[Tensor, Tensor]] = ()
    ) -> None:
        self.key, self.value, self.run = key, value, run
        self.kept = list(kept)
        self._keep, self._is_here = keep, bool(kept)
        self._under_way: Pending[tuple[Tensor, ...]] | None = None

    def launch(self, number: int) -> None:
        """Let a stage travel, if there is such a one and it is not here."""
        stages = self.run.shared.schedule.stages
        if number < len(stages) and not self._is_here:
            self._under_way = fetch((self.key, self.value), stages[number].routes, self.run.shared.ranks)

    def take(self, number: int) -> tuple[Tensor, Tensor]:
        """The stage that was launched last, when it is there; the next one is launched."""
        if self._is_here or self._under_way is None:
            return self.kept[number]
        keys, values = self._under_way.wait()
        if self._keep:
            self.kept.append((keys, values))
        self.launch(number + 1)
        return keys, values


def _attend_at_once(query: Tensor, came: _Fetches) -> Attended:
    came.launch(0)
    (stage,) = came.run.shared.schedule.stages
    keys, values = _with_own(came.key, came.value, came.take(0))
    return attention(query, keys, values, stage.mask, options=came.run.options)


def _attend_in_stages(query: Tensor, came: _Fetches) -> Attended:
    run, attended = came.run, accumulators(query)
    came.launch(0)
    _add(query, came.key, came.value, run.shared.schedule.own, attended=attended, options=run.options)
    for number, stage in enumerate(run.shared.schedule.stages):
        _add(query, *came.take(number), stage.mask, attended=attended, options=run.options)
    return attended


def _add(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: tuple[AttentionSlice, ...],
    *,
    attended: Attended,
    options: AttentionOptions,
) -> None:
    """Compute a part into the buffers, if there is anything to see."""
    if mask:
        attention(query, key, value, mask, options=options, into=attended)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Backward:
    """What the gradients of every part start from."""

    grads: AttendedGradients
    query: Tensor
    attended: Attended
    run: Run

    def of(self, key: Tensor, value: Tensor, mask: tuple[AttentionSlice, ...]) -> Gradients:
        """Gradients of what these keys contributed."""
        backward = backends.backward(backends.choose(self.query, self.run.options.backend))
        rule = self.run.options.rule(self.query.shape[3])
        return backward(self.grads, self.query, key, value, self.attended, mask, rule)


def _differentiate(part: _Backward, came: _Fetches, *, returning: bool) -> Gradients:
    """Gradients of a rank's own rows, of keys and values only where ``returning``."""
    schedule, shared = part.run.shared.schedule, part.run.shared
    precision = accumulation_dtype(part.query.dtype)
    totals = Gradients(*(torch.zeros_like(one, dtype=precision) for one in (part.query, came.key, came.value)))
    came.launch(0)
    if schedule.own:
        for total, own in zip(totals, part.of(came.key, came.value, schedule.own), strict=True):
            total += own
    going: list[Pending[None]] = []
    for number, stage in enumerate(schedule.stages):
        keys, values = came.take(number)
        if schedule.merged:
            keys, values = _with_own(came.key, came.value, (keys, values))
        found = part.of(keys, values, stage.mask)
        totals.query.add_(found.query)
        fetched: tuple[Tensor, Tensor] = (found.key, found.value)
        if schedule.merged:
            rows = came.key.shape[1]
            totals.key.add_(found.key[:, :rows])
            totals.value.add_(found.value[:, :rows])
            fetched = (found.key[:, rows:], found.value[:, rows:])
        if returning:
            going.append(give_back(fetched, stage.routes, shared.ranks, into=(totals.key, totals.value)))
    for pending in going:
        pending.wait()
    return totals


def _with_own(key: Tensor, value: Tensor, fetched: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    keys, values = fetched
    return torch.cat((key, keys), dim=1), torch.cat((value, values), dim=1)
