"""Forwards in bfloat16 and with e4m3 weights, and the golden inputs and outputs of single layers of them."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from generation.model.attention import plan_attention
from generation.model.block import Block, BlockContext
from generation.model.dit import DiT
from generation.model.inference import run_block
from generation.model.precision import Fp8Linear, cast_for_inference
from generation.model.window import ChunkWindow
from generation.verification.case import GoldenCase
from generation.verification.measures import Comparison, compare, compare_each
from generation.verification.record import CaseError
from generation.verification.tolerances import (
    BFLOAT16,
    BFLOAT16_LAYER,
    BFLOAT16_SINGLE,
    BFLOAT16_STEPS,
    EXACT,
    FLOAT32,
    Elementwise,
)  # fmt: skip
from generation.verification.transformer.checkpoints import load_golden_transformer, with_quantised_layers
from generation.verification.transformer.forwards import compare_shape, golden_window, run_forward
from generation.verification.transformer.layers import block_of

FP8_TENSORS = r"fp8_weights\.(.+)"
# The recorded layer that is a block as a whole.
WHOLE = "layer"
# A step of bfloat16 is at most a 128th of a number; sums near zero are as coarse as what they are summed from.
TWO_STEPS = Elementwise(absolute=1e-3, relative=2 * 2**-7)


class Station(NamedTuple):
    """One layer of a block."""

    run: Callable[[Tensor], Tensor]
    # Its arithmetic is defined to the last bit.
    exact: bool


@torch.no_grad()
def check_low_precision(case: GoldenCase) -> Iterator[Comparison]:
    """Run the forward in bfloat16, or with its e4m3 layers, the same one in float32, and each recorded layer."""
    record = case.record
    model = load_narrow_transformer(case)
    window = golden_window(case, "", record.record("kwargs"), model.config)
    yield compare_shape("shape", window, record.record("kwargs"))
    expected = case.tensor("out")
    for label, plain in (("out", False), ("out, plain blocks", True)):
        velocity = run_forward(model, window, plain=plain)
        yield compare(label, velocity, expected, BFLOAT16)
        yield compare(f"{label}, single numbers", velocity, expected, BFLOAT16_SINGLE)
    if "out_fp32_reference" in case.tensor_names:
        whole = load_golden_transformer(case.file(record.text("ckpt")))
        yield compare("out_fp32_reference", whole(window), case.tensor("out_fp32_reference"), FLOAT32)
    for layer in sorted({int(match[1]) for match in case.matching(r"layer(\d+)\..+\.in")}):
        yield from _check_block(case, model, window, layer)


def load_narrow_transformer(case: GoldenCase) -> DiT:
    """The model of a case in bfloat16, with e4m3 weights in its inner layers if the case brings them."""
    whole = load_golden_transformer(case.file(case.record.text("ckpt")))
    quantised = {match[1]: case.tensor(match[0]) for match in case.matching(FP8_TENSORS)}
    if quantised:
        return with_quantised_layers(whole, quantised, dtype=torch.bfloat16)
    cast_for_inference(whole, torch.bfloat16)
    return whole


def _check_block(case: GoldenCase, model: DiT, window: ChunkWindow, layer: int) -> Iterator[Comparison]:
    stations = _stations(block_of(model, layer))
    for match in case.matching(rf"layer{layer}\.(.+)\.in"):
        label, name = match[0].removesuffix(".in"), match[1]
        inputs, expected = case.tensor(match[0]), case.tensor(f"{label}.out")
        if name == WHOLE:
            found = _run_whole(case, model, window, layer)
            yield compare(label, found, expected.transpose(0, 1), BFLOAT16_LAYER)
            yield compare(f"{label}, single numbers", found, expected.transpose(0, 1), BFLOAT16_SINGLE)
        elif name in stations:
            yield from _compare_station(label, stations[name], inputs, expected)
        else:
            raise CaseError(f"{label} must be one of {WHOLE}, {', '.join(stations)}")


def _compare_station(label: str, station: Station, inputs: Tensor, expected: Tensor) -> Iterator[Comparison]:
    found = station.run(inputs)
    if station.exact:
        yield compare(label, found, expected, EXACT)
    elif expected.dtype == torch.float32:
        yield compare(label, found, expected, FLOAT32)
    else:
        yield compare(label, found, expected, BFLOAT16_LAYER)
        yield compare_each(f"{label}, single numbers", found, expected, TWO_STEPS, BFLOAT16_STEPS)


def _stations(block: Block) -> dict[str, Station]:
    """The layers of a block by the released code's names."""

    def station(layer: torch.nn.Module, run: Callable[[Tensor], Tensor] | None = None) -> Station:
        return Station(run=run or layer, exact=isinstance(layer, Fp8Linear))

    attention, ffn = block.attention, block.ffn
    return {
        "ada": station(block.gates, lambda condition: block.gates(F.silu(condition))),
        "q": station(attention.query),
        "qx": station(attention.cross_query),
        "k": station(attention.key),
        "v": station(attention.value),
        "linear_proj": station(attention.output, attention.project),
        "self_attn_post_norm": station(block.attention_post_norm),
        "mlp_prenorm": station(ffn.norm),
        "fc1": station(ffn.expand),
        "fc2": station(ffn.contract),
        "mlp_post_norm": station(block.ffn_post_norm),
    }


def _run_whole(case: GoldenCase, model: DiT, window: ChunkWindow, layer: int) -> Tensor:
    """One block from its golden residual stream, condition and text: ``(B, L, D)``."""
    prefix = f"layer{layer}.{WHOLE}"
    config, (_, _, frames, height, width) = model.config, window.latents.shape
    hidden = case.tensor(f"{prefix}.in").transpose(0, 1).contiguous()
    grid = (frames, height // config.patch_size, width // config.patch_size)
    context = BlockContext(
        condition=F.silu(case.tensor(f"{prefix}.condition")),
        text=case.tensor(f"{prefix}.y_xattn_flat"),
        table=model.rope(grid, window.first_chunk * config.chunk_latent_frames),
        plan=plan_attention(window, chunk_tokens=config.chunk_tokens(height, width), write_chunks=0),
        kv_cache=None,
    )
    run_block(block_of(model, layer), hidden, context)
    return hidden
