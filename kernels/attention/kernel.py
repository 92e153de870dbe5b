"""Attention over slices in Triton: one program per tile and head, through all slices of the tile.

Scores are in powers of two. A stop of a tile table is walked in three loops: an edge in which each cell is checked, a
middle in which none has to be, and another edge.
"""

import triton
from triton import language as tl

INTERPRETED = triton.knobs.runtime.interpret
LOG2_E: tl.constexpr = tl.constexpr(1.4426950408889634)


@triton.jit
def _product(left, right, UPCAST: tl.constexpr):
    """A matrix product in float32; interpreted, bfloat16 has none of its own."""
    if UPCAST:
        left, right = left.to(tl.float32), right.to(tl.float32)
    return tl.dot(left, right, input_precision="ieee")


@triton.jit
def _score(products, scale, softcap, CAPPED: tl.constexpr):
    """Scores in powers of two."""
    if CAPPED:
        # tanh(x) = 1 - 2 / (exp(2 x) + 1), right at both infinities.
        scores = (1.0 - 2.0 / (tl.exp(2.0 * products * (scale / softcap)) + 1.0)) * (softcap * LOG2_E)
    else:
        scores = products * (scale * LOG2_E)
    return scores


@triton.jit
def _slope(scores, softcap):
    """How much a capped score changes with its product, against the scale alone."""
    capped = scores / (softcap * LOG2_E)
    return 1.0 - capped * capped


@triton.jit
def _stop(stops, index):
    """The ten numbers of a stop."""
    row = stops + index * 10
    return (
        tl.load(row), tl.load(row + 1), tl.load(row + 2), tl.load(row + 3), tl.load(row + 4),
        tl.load(row + 5), tl.load(row + 6), tl.load(row + 7), tl.load(row + 8), tl.load(row + 9),
    )  # fmt: skip


@triton.jit
def _loop(part: tl.constexpr, start, full_start, full_stop, stop):
    """Where a loop of a stop begins and ends: an edge, the middle, an edge."""
    if part == 0:
        return start, full_start
    if part == 1:
        return full_start, full_stop
    return full_stop, stop


@triton.jit
def _visible(rows, keys, first, last, left, left_lean, right, right_lean):
    """Which of these queries, down or across as their shape says, see which keys."""
    inside = (rows >= first) & (rows < last)
    return inside & (keys >= left + left_lean * rows) & (keys < right + right_lean * rows)


@triton.jit
def _load(base, rows, stride, channels, limit, MASKED: tl.constexpr, HEAD: tl.constexpr, PADDED: tl.constexpr):
    """Rows of a matrix ``(rows, K)``, zeros beyond ``limit`` and beyond the head; either axis may lie across."""
    places = base + rows.to(tl.int64) * stride + channels
    if MASKED and PADDED:
        return tl.load(places, mask=(rows < limit) & (channels < HEAD), other=0.0)
    if MASKED:
        return tl.load(places, mask=rows < limit, other=0.0)
    if PADDED:
        return tl.load(places, mask=channels < HEAD, other=0.0)
    return tl.load(places)


@triton.jit
def _attend_keys(
    query, sums, totals, largest, keys, values, key_stride, value_stride, rows, start, stop,
    first, last, left, left_lean, right, right_lean, scale, softcap,
    MASKED: tl.constexpr, CAPPED: tl.constexpr, UPCAST: tl.constexpr,
    STEP: tl.constexpr, HEAD: tl.constexpr, PADDED: tl.constexpr, HEAD_BLOCK: tl.constexpr,
):  # fmt: skip
    """Take a tile of queries past the keys of one loop."""
    channels = tl.arange(0, HEAD_BLOCK)
    for begin in range(start, stop, STEP):
        columns = begin + tl.arange(0, STEP)
        key = _load(keys, columns[None, :], key_stride, channels[:, None], stop, MASKED, HEAD, PADDED)
        scores = _score(_product(query, key, UPCAST), scale, softcap, CAPPED)
        if MASKED:
            seen = _visible(rows[:, None], columns[None, :], first, last, left, left_lean, right, right_lean)
            scores = tl.where(seen & (columns[None, :] < stop), scores, float("-inf"))
        raised = tl.maximum(largest, tl.max(scores, axis=1))
        # A query that has seen nothing yet has no base to subtract.
        base = tl.where(raised == float("-inf"), 0.0, raised)
        weights = tl.exp2(scores - base[:, None])
        faded = tl.exp2(largest - base)
        totals = totals * faded + tl.sum(weights, axis=1)
        value = _load(values, columns[:, None], value_stride, channels[None, :], stop, MASKED, HEAD, PADDED)
        sums = sums * faded[:, None] + _product(weights.to(value.dtype), value, UPCAST)
        largest = raised
    return sums, totals, largest


@triton.jit
def attend(
    query, key, value, out, lse, stops, starts, order, scale, softcap, rows_in_all,
    query_batch, query_row, query_head, key_batch, key_row, key_head, value_batch, value_row, value_head,
    HEADS: tl.constexpr, GROUP: tl.constexpr, CAPPED: tl.constexpr, UPCAST: tl.constexpr,
    TILE: tl.constexpr, STEP: tl.constexpr, HEAD: tl.constexpr, HEAD_BLOCK: tl.constexpr,
):  # fmt: skip
    """Outputs ``(B, L, N, K)`` and natural log-sum-exps ``(B, L, N)``, both contiguous, of one tile and head."""
    tile = tl.load(order + tl.program_id(0))
    batch, head = (tl.program_id(1) // HEADS).to(tl.int64), (tl.program_id(1) % HEADS).to(tl.int64)
    padded: tl.constexpr = HEAD != HEAD_BLOCK
    rows = tile * TILE + tl.arange(0, TILE)
    channels = tl.arange(0, HEAD_BLOCK)
    keys = key + batch * key_batch + head // GROUP * key_head
    values = value + batch * value_batch + head // GROUP * value_head
    queries = query + batch * query_batch + head * query_head
    own = _load(
        queries, rows[:, None], query_row, channels[None, :], rows_in_all, MASKED=True, HEAD=HEAD, PADDED=padded
    )
    sums = tl.zeros((TILE, HEAD_BLOCK), dtype=tl.float32)
    totals = tl.zeros((TILE,), dtype=tl.float32)
    largest = tl.full((TILE,), float("-inf"), dtype=tl.float32)
    for index in range(tl.load(starts + tile), tl.load(starts + tile + 1)):
        first, last, left, left_lean, right, right_lean, start, stop, full_start, full_stop = _stop(stops, index)
        for part in tl.static_range(3):
            begin, end = _loop(part, start, full_start, full_stop, stop)
            sums, totals, largest = _attend_keys(
                own, sums, totals, largest, keys, values, key_row, value_row, rows, begin, end,
                first, last, left, left_lean, right, right_lean, scale, softcap,
                part != 1, CAPPED, UPCAST, STEP, HEAD, padded, HEAD_BLOCK,
            )  # fmt: skip
    blind = totals == 0.0
    totals = tl.where(blind, 1.0, totals)
    places = (batch * rows_in_all + rows) * HEADS + head
    cells = (rows[:, None] < rows_in_all) & (channels[None, :] < HEAD)
    found = (sums / totals[:, None]).to(out.dtype.element_ty)
    tl.store(out + places[:, None] * HEAD + channels[None, :], found, mask=cells)
    logs = tl.where(blind, float("-inf"), (largest + tl.log2(totals)) / LOG2_E)
    tl.store(lse + places, logs, mask=rows < rows_in_all)


@triton.jit
def _turn_back_keys(
    query, grad, sums, keys, values, key_stride, value_stride, logs, delta, rows, start, stop,
    first, last, left, left_lean, right, right_lean, scale, softcap,
    MASKED: tl.constexpr, CAPPED: tl.constexpr, UPCAST: tl.constexpr,
    STEP: tl.constexpr, HEAD: tl.constexpr, PADDED: tl.constexpr, HEAD_BLOCK: tl.constexpr,
):  # fmt: skip
    """Add what the keys of one loop contribute to the gradient of a tile of queries."""
    channels = tl.arange(0, HEAD_BLOCK)
    for begin in range(start, stop, STEP):
        columns = begin + tl.arange(0, STEP)
        key = _load(keys, columns[None, :], key_stride, channels[:, None], stop, MASKED, HEAD, PADDED)
        value = _load(values, columns[None, :], value_stride, channels[:, None], stop, MASKED, HEAD, PADDED)
        scores = _score(_product(query, key, UPCAST), scale, softcap, CAPPED)
        if CAPPED:
            # Before unseen cells become -inf.
            slope = _slope(scores, softcap)
        if MASKED:
            seen = _visible(rows[:, None], columns[None, :], first, last, left, left_lean, right, right_lean)
            scores = tl.where(seen & (columns[None, :] < stop), scores, float("-inf"))
        weights = tl.exp2(scores - logs[:, None])
        turned = weights * (_product(grad, value, UPCAST) - delta[:, None])
        if CAPPED:
            turned *= slope
        sums += _product(turned.to(key.dtype), tl.trans(key), UPCAST)
    return sums


@triton.jit
def query_gradient(
    query, key, value, grad, logs, delta, found, stops, starts, order, scale, softcap, rows_in_all,
    query_batch, query_row, query_head, key_batch, key_row, key_head, value_batch, value_row, value_head,
    HEADS: tl.constexpr, GROUP: tl.constexpr, CAPPED: tl.constexpr, UPCAST: tl.constexpr,
    TILE: tl.constexpr, STEP: tl.constexpr, HEAD: tl.constexpr, HEAD_BLOCK: tl.constexpr,
):  # fmt: skip
    """The gradient of one tile of queries and head; ``grad`` and ``found`` are contiguous ``(B, L, N, K)``."""
    tile = tl.load(order + tl.program_id(0))
    batch, head = (tl.program_id(1) // HEADS).to(tl.int64), (tl.program_id(1) % HEADS).to(tl.int64)
    padded: tl.constexpr = HEAD != HEAD_BLOCK
    rows = tile * TILE + tl.arange(0, TILE)
    channels = tl.arange(0, HEAD_BLOCK)
    keys = key + batch * key_batch + head // GROUP * key_head
    values = value + batch * value_batch + head // GROUP * value_head
    queries = query + batch * query_batch + head * query_head
    own = _load(
        queries, rows[:, None], query_row, channels[None, :], rows_in_all, MASKED=True, HEAD=HEAD, PADDED=padded
    )
    origin = batch * rows_in_all * HEADS + head
    mine = _load(
        grad + origin * HEAD,
        rows[:, None],
        HEADS * HEAD,
        channels[None, :],
        rows_in_all,
        MASKED=True,
        HEAD=HEAD,
        PADDED=padded,
    )
    places = origin + rows.to(tl.int64) * HEADS
    own_logs = tl.load(logs + places, mask=rows < rows_in_all, other=0.0)
    own_delta = tl.load(delta + places, mask=rows < rows_in_all, other=0.0)
    sums = tl.zeros((TILE, HEAD_BLOCK), dtype=tl.float32)
    for index in range(tl.load(starts + tile), tl.load(starts + tile + 1)):
        first, last, left, left_lean, right, right_lean, start, stop, full_start, full_stop = _stop(stops, index)
        for part in tl.static_range(3):
            begin, end = _loop(part, start, full_start, full_stop, stop)
            sums = _turn_back_keys(
                own, mine, sums, keys, values, key_row, value_row, own_logs, own_delta, rows, begin, end,
                first, last, left, left_lean, right, right_lean, scale, softcap,
                part != 1, CAPPED, UPCAST, STEP, HEAD, padded, HEAD_BLOCK,
            )  # fmt: skip
    cells = (rows[:, None] < rows_in_all) & (channels[None, :] < HEAD)
    tl.store(found + places[:, None] * HEAD + channels[None, :], (sums * scale).to(found.dtype.element_ty), mask=cells)


@triton.jit
def _turn_back_queries(
    key, value, key_sums, value_sums, queries, grads, query_stride, grad_stride, logs, delta, log_stride,
    columns, start, stop, first, last, left, left_lean, right, right_lean, scale, softcap,
    MASKED: tl.constexpr, CAPPED: tl.constexpr, UPCAST: tl.constexpr,
    STEP: tl.constexpr, HEAD: tl.constexpr, PADDED: tl.constexpr, HEAD_BLOCK: tl.constexpr,
):  # fmt: skip
    """Add what the queries of one loop contribute to the gradients of a tile of keys."""
    channels = tl.arange(0, HEAD_BLOCK)
    for begin in range(start, stop, STEP):
        rows = begin + tl.arange(0, STEP)
        query = _load(queries, rows[:, None], query_stride, channels[None, :], stop, MASKED, HEAD, PADDED)
        grad = _load(grads, rows[:, None], grad_stride, channels[None, :], stop, MASKED, HEAD, PADDED)
        row_logs = tl.load(logs + rows.to(tl.int64) * log_stride, mask=rows < stop, other=0.0)
        row_delta = tl.load(delta + rows.to(tl.int64) * log_stride, mask=rows < stop, other=0.0)
        scores = _score(_product(key, tl.trans(query), UPCAST), scale, softcap, CAPPED)
        if CAPPED:
            # Before unseen cells become -inf.
            slope = _slope(scores, softcap)
        if MASKED:
            seen = _visible(rows[None, :], columns[:, None], first, last, left, left_lean, right, right_lean)
            scores = tl.where(seen & (rows[None, :] < stop), scores, float("-inf"))
        weights = tl.exp2(scores - row_logs[None, :])
        value_sums += _product(weights.to(grad.dtype), grad, UPCAST)
        turned = weights * (_product(value, tl.trans(grad), UPCAST) - row_delta[None, :])
        if CAPPED:
            turned *= slope
        if MASKED:
            # Keys that nobody sees may hold anything, and no weight makes NaN nothing.
            turned = tl.where(seen, turned, 0.0)
        key_sums += _product(turned.to(query.dtype), query, UPCAST)
    return key_sums, value_sums


@triton.jit
def key_gradients(
    query, key, value, grad, logs, delta, key_found, value_found, stops, starts, order, scale, softcap,
    rows_in_all, keys_in_all,
    query_batch, query_row, query_head, key_batch, key_row, key_head, value_batch, value_row, value_head,
    HEADS: tl.constexpr, GROUP: tl.constexpr, CAPPED: tl.constexpr, UPCAST: tl.constexpr,
    TILE: tl.constexpr, STEP: tl.constexpr, HEAD: tl.constexpr, HEAD_BLOCK: tl.constexpr,
):  # fmt: skip
    """Gradients of one tile of keys and values and key head, over all its query heads; contiguous ``found``s."""
    tile = tl.load(order + tl.program_id(0))
    kv_heads: tl.constexpr = HEADS // GROUP
    batch, kv_head = (tl.program_id(1) // kv_heads).to(tl.int64), (tl.program_id(1) % kv_heads).to(tl.int64)
    padded: tl.constexpr = HEAD != HEAD_BLOCK
    columns = tile * TILE + tl.arange(0, TILE)
    channels = tl.arange(0, HEAD_BLOCK)
    keys = key + batch * key_batch + kv_head * key_head
    values = value + batch * value_batch + kv_head * value_head
    own = _load(keys, columns[:, None], key_row, channels[None, :], keys_in_all, MASKED=True, HEAD=HEAD, PADDED=padded)
    own_value = _load(
        values, columns[:, None], value_row, channels[None, :], keys_in_all, MASKED=True, HEAD=HEAD, PADDED=padded
    )
    key_sums = tl.zeros((TILE, HEAD_BLOCK), dtype=tl.float32)
    value_sums = tl.zeros((TILE, HEAD_BLOCK), dtype=tl.float32)
    for index in range(tl.load(starts + tile), tl.load(starts + tile + 1)):
        first, last, left, left_lean, right, right_lean, start, stop, full_start, full_stop = _stop(stops, index)
        for member in range(GROUP):
            head = kv_head * GROUP + member
            queries = query + batch * query_batch + head * query_head
            origin = batch * rows_in_all * HEADS + head
            for part in tl.static_range(3):
                begin, end = _loop(part, start, full_start, full_stop, stop)
                key_sums, value_sums = _turn_back_queries(
                    own, own_value, key_sums, value_sums, queries, grad + origin * HEAD, query_row, HEADS * HEAD,
                    logs + origin, delta + origin, HEADS, columns, begin, end,
                    first, last, left, left_lean, right, right_lean, scale, softcap,
                    part != 1, CAPPED, UPCAST, STEP, HEAD, padded, HEAD_BLOCK,
                )  # fmt: skip
    places = ((batch * keys_in_all + columns) * kv_heads + kv_head)[:, None] * HEAD + channels[None, :]
    cells = (columns[:, None] < keys_in_all) & (channels[None, :] < HEAD)
    tl.store(key_found + places, (key_sums * scale).to(key_found.dtype.element_ty), mask=cells)
    tl.store(value_found + places, value_sums.to(value_found.dtype.element_ty), mask=cells)
