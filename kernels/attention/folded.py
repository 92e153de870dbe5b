"""Heads laid out so that one matrix product serves all queries of a key head."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, kw_only=True, slots=True)
class Folding:
    """Queries of one key head side by side, so that its keys are read once for all of them.

    Folded queries are ``(B * N_kv, L * G, K)``: row ``l * G + g`` is token l of the g-th query head of a key head.
    Folded keys are ``(B * N_kv, L_key, K)``.
    """

    batch: int
    tokens: int
    kv_heads: int
    group: int
    precision: torch.dtype

    def fold(self, inputs: Tensor) -> Tensor:
        """From ``(B, L, N, X)``."""
        split = inputs.to(self.precision).view(self.batch, self.tokens, self.kv_heads, self.group, inputs.shape[-1])
        return split.transpose(1, 2).reshape(self.batch * self.kv_heads, self.tokens * self.group, inputs.shape[-1])

    def unfold(self, rows: Tensor) -> Tensor:
        """Back to ``(B, L, N, X)``."""
        split = rows.view(self.batch, self.kv_heads, self.tokens, self.group, rows.shape[-1])
        return split.transpose(1, 2).reshape(self.batch, self.tokens, self.kv_heads * self.group, rows.shape[-1])

    def fold_keys(self, inputs: Tensor) -> Tensor:
        """From ``(B, L_key, N_kv, K)``."""
        turned = inputs.to(self.precision).transpose(1, 2)
        return turned.reshape(self.batch * self.kv_heads, inputs.shape[1], inputs.shape[3])

    def unfold_keys(self, rows: Tensor) -> Tensor:
        """Back to ``(B, L_key, N_kv, K)``."""
        return rows.view(self.batch, self.kv_heads, *rows.shape[1:]).transpose(1, 2).contiguous()


def folding_of(query: Tensor, key: Tensor, precision: torch.dtype) -> Folding:
    """How ``(B, L, N, K)`` queries fold over ``(B, L_key, N_kv, K)`` keys."""
    batch, tokens, heads, _ = query.shape
    return Folding(batch=batch, tokens=tokens, kv_heads=key.shape[2], group=heads // key.shape[2], precision=precision)
