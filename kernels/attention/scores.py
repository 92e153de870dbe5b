"""Blocks of attention scores in powers of two."""

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from kernels.attention.options import ScoreRule
from kernels.planning.ranges import Range
from kernels.planning.slices import AttentionSlice, SliceKind

LOG2_E = math.log2(math.e)
BLOCK_KEYS = 512


class Scores:
    """Scores times log2(e), so that weights are powers of two: PyTorch's exp2 is several times quicker than its exp.

    Args:
        queries: Folded, ``(heads, L * G, K)``.
        keys: Folded, ``(heads, L_key, K)``.
        group: G, queries per key head and token.
        rule: From products to scores.
    """

    def __init__(self, queries: Tensor, keys: Tensor, group: int, rule: ScoreRule) -> None:
        self.queries, self.keys, self.group = queries, keys, group
        self.softcap = rule.softcap
        # Scaling queries once is cheaper than scaling every score.
        self._scaled = queries * (rule.scale / rule.softcap if rule.softcap else rule.scale * LOG2_E)
        self._turned = keys.transpose(1, 2)
        # One buffer for all blocks: new memory for each would cost as much as computing on it.
        self._buffer = queries.new_empty(0)

    def rows(self, queries: Range) -> slice:
        """The folded rows of a range of tokens."""
        return slice(queries.start * self.group, queries.stop * self.group)

    def bound(self) -> float:
        """No score is larger in absolute value (Cauchy-Schwarz, and the cap); NaN if one might be."""
        if not self.queries.numel() or not self.keys.numel():
            return 0.0
        product = float(self._scaled.norm(dim=-1).max() * self.keys.norm(dim=-1).max())
        return LOG2_E * self.softcap * math.tanh(product) if self.softcap else product

    def blocks(self, piece: AttentionSlice) -> Iterator[tuple[slice, Tensor]]:
        """The keys of each block and its scores ``(heads, rows * G, keys)``, -inf where nothing is seen.

        A block is in memory until the next one, and may be overwritten.
        """
        at = self.rows(piece.queries)
        for start in range(piece.keys.start, piece.keys.stop, BLOCK_KEYS):
            keys = slice(start, min(start + BLOCK_KEYS, piece.keys.stop))
            block = self._room(at.stop - at.start, keys.stop - keys.start)
            torch.bmm(self._scaled[:, at], self._turned[:, :, keys], out=block)
            if self.softcap:
                block.tanh_().mul_(self.softcap * LOG2_E)
            if piece.kind is not SliceKind.FULL:
                block.masked_fill_(unseen(piece, keys, self.group), float("-inf"))
            yield keys, block

    def slope(self, block: Tensor) -> Tensor | None:
        """How much a score changes with its product, against the scale alone; ``None`` for 1 everywhere."""
        if not self.softcap:
            return None
        # Unseen scores of -inf have weight 0; clamped, their slope is finite.
        return (1 - (block / (self.softcap * LOG2_E)).square_()).clamp_(min=0.0)

    def _room(self, rows: int, keys: int) -> Tensor:
        """Memory for a block."""
        shape = (self.queries.shape[0], rows, keys)
        if self._buffer.numel() < math.prod(shape):
            self._buffer = self.queries.new_empty(math.prod(shape))
        return self._buffer[: math.prod(shape)].view(shape)


def unseen(piece: AttentionSlice, keys: slice, group: int) -> Tensor:
    """Booleans ``(rows * G, keys)``, true where a query of a leaning piece does not see a key."""
    offsets = torch.arange(piece.queries.length)[:, None]
    columns = torch.arange(keys.start, keys.stop)[None]
    left = piece.keys.start + (offsets if piece.kind.left_moves else 0)
    right = piece.keys.stop - (piece.queries.length - 1 - offsets if piece.kind.right_moves else 0)
    return ((columns < left) | (columns >= right)).repeat_interleave(group, dim=0)
