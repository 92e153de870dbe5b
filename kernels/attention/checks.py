"""What attention over slices takes; everything else is refused by name."""

from collections.abc import Sequence

import torch
from torch import Tensor

from kernels.attention.attended import Attended, accumulation_dtype
from kernels.errors import UnsupportedInput
from kernels.planning.cover import check_single_cover, check_within
from kernels.planning.slices import AttentionSlice

DTYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64)


def check_tensors(query: Tensor, key: Tensor, value: Tensor) -> None:
    """Refuse tensors that do not fit one another.

    Raises:
        UnsupportedInput: By rank, shape, heads, dtype or device.
    """
    if query.ndim != 4 or key.ndim != 4 or key.shape != value.shape:
        raise UnsupportedInput(
            "query, key and value must be (B, L, N, K) and key must be shaped like value, "
            f"got {tuple(query.shape)}, {tuple(key.shape)} and {tuple(value.shape)}"
        )
    if query.shape[0] != key.shape[0] or query.shape[3] != key.shape[3] or query.shape[3] == 0:
        raise UnsupportedInput(
            "query and key must agree in batch and in a head size of at least 1, "
            f"got {tuple(query.shape)} and {tuple(key.shape)}"
        )
    if key.shape[2] == 0 or query.shape[2] % key.shape[2] or query.shape[2] == 0:
        raise UnsupportedInput(
            f"query heads must be a multiple of key heads, got {query.shape[2]} and {key.shape[2]} heads"
        )
    if not query.dtype == key.dtype == value.dtype or query.dtype not in DTYPES:
        raise UnsupportedInput(
            "query, key and value must share a dtype of float16, bfloat16, float32 or float64, "
            f"got {query.dtype}, {key.dtype} and {value.dtype}"
        )
    if not query.device == key.device == value.device:
        raise UnsupportedInput(
            f"query, key and value must be on one device, got {query.device}, {key.device} and {value.device}"
        )


def check_mask(mask: Sequence[AttentionSlice], query: Tensor, key: Tensor, *, cover: bool) -> None:
    """Refuse slices that leave the tensors, or show a cell twice.

    Args:
        mask: The slices.
        query: ``(B, L_query, N, K)``.
        key: ``(B, L_key, N_kv, K)``.
        cover: Whether to look for cells in two slices, which takes longer.

    Raises:
        UnsupportedInput: Names the first slice that does.
    """
    check_within(mask, queries=query.shape[1], keys=key.shape[1])
    if cover:
        check_single_cover(mask)


def check_sink(sink: Tensor, query: Tensor) -> None:
    """Refuse logits that are not one row per sink and one column per head.

    Raises:
        UnsupportedInput: By shape, dtype or device.
    """
    if sink.ndim != 2 or sink.shape[1] != query.shape[2] or sink.shape[0] == 0 or not sink.is_floating_point():
        raise UnsupportedInput(
            f"sink must be floating (S, {query.shape[2]}) with S at least 1, got {sink.dtype} {tuple(sink.shape)}"
        )
    if sink.device != query.device:
        raise UnsupportedInput(f"sink must be on the device of query, got {sink.device} and {query.device}")


def check_attended(attended: Attended, query: Tensor, *, what: str) -> None:
    """Refuse outputs and log-sum-exps that are not those of ``query``.

    Args:
        attended: What is handed in.
        query: ``(B, L_query, N, K)``.
        what: Names it in the message.

    Raises:
        UnsupportedInput: By shape or dtype.
    """
    precision = accumulation_dtype(query.dtype)
    if attended.out.shape != query.shape or attended.lse.shape != query.shape[:3]:
        raise UnsupportedInput(
            f"{what} must have outputs {tuple(query.shape)} and log-sum-exps {tuple(query.shape[:3])}, "
            f"got {tuple(attended.out.shape)} and {tuple(attended.lse.shape)}"
        )
    if attended.lse.dtype != precision:
        raise UnsupportedInput(f"log-sum-exps of {what} must be {precision}, got {attended.lse.dtype}")


def check_buffers(into: Attended, query: Tensor) -> None:
    """Refuse buffers in which sums would be rounded, or that cannot be written.

    Raises:
        UnsupportedInput: By shape, dtype, layout, or if a gradient is asked of them.
    """
    check_attended(into, query, what="into")
    precision = accumulation_dtype(query.dtype)
    if into.out.dtype != precision or not into.out.is_contiguous() or not into.lse.is_contiguous():
        raise UnsupportedInput(
            f"into must be contiguous {precision}, as accumulators(query) makes it, got {into.out.dtype} "
            f"with strides {into.out.stride()} and {into.lse.stride()}"
        )
    if torch.is_grad_enabled() and (query.requires_grad or into.out.requires_grad):
        raise UnsupportedInput(
            "into is written in place and has no gradient; call attention without it and merge the parts"
        )
