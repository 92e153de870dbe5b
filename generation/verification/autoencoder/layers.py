"""Every layer of the autoencoder: what goes in and comes out of it over one encoding and one decoding."""

import re
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from generation.vae.layers import Trunk, normalise_heads, normalise_heads_reference
from generation.vae.vae import VideoVAE
from generation.verification.autoencoder.checkpoint import (
    compare_numbers,
    find_autoencoder,
    load_golden_autoencoder,
    video_of,
)
from generation.verification.case import GoldenCase
from generation.verification.measures import Comparison
from generation.verification.record import CaseError

# A recorded activation: the released code's path, which side of it, and how many leading tokens were kept.
STATION = re.compile(r"(?P<half>enc|dec)\.(?P<path>.+)\.(?P<side>in|out)(?:\[:, :(?P<tokens>\d+)\])?")
HALVES = {"enc": "encoder", "dec": "decoder"}
# Of a block: our module and which side of it; "in" is its first argument.
BLOCK_STATIONS = {
    ("", "in"): ("", "in"),
    ("", "out"): ("", "out"),
    ("attn", "in"): ("attention", "in"),
    ("attn", "out"): ("attention", "out"),
    ("attn.qkv", "out"): ("attention.qkv", "out"),
    ("attn.proj", "in"): ("attention.output", "in"),
    ("attn.proj", "out"): ("attention.output", "out"),
    ("norm1", "in"): ("attention.pre_norm", "in"),
    ("norm1", "out"): ("attention.pre_norm", "out"),
    ("norm2", "in"): ("ffn.norm", "in"),
    ("norm2", "out"): ("ffn.norm", "out"),
    ("mlp", "in"): ("ffn.expand", "in"),
    ("mlp", "out"): ("ffn", "out"),
    ("mlp.fc1", "in"): ("ffn.expand", "in"),
    ("mlp.fc1", "out"): ("ffn.expand", "out"),
    ("mlp.act", "out"): ("ffn.contract", "in"),
    ("mlp.fc2", "in"): ("ffn.contract", "in"),
    ("mlp.fc2", "out"): ("ffn.contract", "out"),
}
ENDS = {
    ("enc", "patch_embed", "out"): ("encoder.patch_embed", "out"),
    ("dec", "proj_in", "out"): ("decoder.from_latents", "out"),
    ("dec", "last_layer", "in"): ("decoder.to_pixels", "in"),
}
WHOLE = {"enc.output_moments": ("encoder", "out"), "dec.output": ("decoder", "out")}
INPUTS = ("enc.input_u8", "dec.input_z")

# By our module's name and side.
Activations = dict[tuple[str, str], Tensor]


@torch.no_grad()
def check_layers(case: GoldenCase) -> Iterator[Comparison]:
    """Encode and decode once, and compare every activation that was recorded."""
    vae = load_golden_autoencoder(find_autoencoder(case))
    seen = record_activations(vae, case)
    for name in case.tensor_names:
        if name in WHOLE:
            yield from compare_numbers(case, name, seen[WHOLE[name]], case.tensor(name))
        elif name == "manual_ln.in":
            yield from _check_head_norm(case)
        elif name == "norm2_small.in":
            found = vae.get_submodule("encoder.trunk.blocks.0.ffn.norm")(case.tensor(name))
            yield from compare_numbers(case, "norm2_small", found, case.tensor("norm2_small.out"))
        elif match := STATION.fullmatch(name):
            kept = slice(None) if match["tokens"] is None else slice(int(match["tokens"]))
            found = activation(vae, seen, (match["half"], match["path"], match["side"]))[:, kept]
            expected = case.tensor(name)
            yield from compare_numbers(case, name, found.reshape(expected.shape), expected)


def record_activations(vae: VideoVAE, case: GoldenCase) -> Activations:
    """Run the case's video and latents, and keep what goes in and comes out of every module."""
    seen: Activations = {}
    handles = []
    for name, module in vae.named_modules():

        def keep(_: nn.Module, inputs: tuple[Tensor, ...], output: Tensor, name: str = name) -> None:
            seen[name, "in"], seen[name, "out"] = inputs[0], output

        handles.append(module.register_forward_hook(keep))
    video, latents = (case.tensor(name) for name in INPUTS)
    vae.encoder(video_of(video))
    vae.decoder(latents)
    for handle in handles:
        handle.remove()
    return seen


def activation(vae: VideoVAE, seen: Activations, station: tuple[str, str, str]) -> Tensor:
    """The activation at a station of the released code: half, path and side.

    Raises:
        CaseError: If there is no such station here.
    """
    half, path, side = station
    if station in ENDS:
        return seen[ENDS[station]]
    if block := re.fullmatch(r"blocks\.(\d+)(?:\.(.+))?", path):
        prefix, inner = f"{HALVES[half]}.trunk.blocks.{block[1]}", block[2] or ""
        if inner == "attn.qkv_norm" and side == "out":
            fused = seen[f"{prefix}.attention.qkv", "out"]
            return normalise_heads(fused.view(*fused.shape[:-1], 3, vae.config.num_heads, -1))
        if (inner, side) in BLOCK_STATIONS:
            module, ours = BLOCK_STATIONS[inner, side]
            return seen[f"{prefix}.{module}".rstrip("."), ours]
    if path in ("norm", "last_layer") and side == "out" and (half, path) != ("dec", "last_layer"):
        return _with_class_token(vae, seen, half, path)
    raise CaseError(f"{half}.{path}.{side} must be a station of the autoencoder")


def _with_class_token(vae: VideoVAE, seen: Activations, half: str, path: str) -> Tensor:
    """The end of a half on all tokens: ours drops the class token before, the released code after it."""
    trunk = vae.get_submodule(f"{HALVES[half]}.trunk")
    if not isinstance(trunk, Trunk):
        raise TypeError(f"a trunk must be a Trunk, got {type(trunk).__name__}")
    normed: Tensor = trunk.norm(seen[f"{HALVES[half]}.trunk.blocks.{len(trunk.blocks) - 1}", "out"])
    if path == "norm":
        return normed
    moments: Tensor = vae.encoder.to_moments(normed)
    return moments


def _check_head_norm(case: GoldenCase) -> Iterator[Comparison]:
    inputs, expected = case.tensor("manual_ln.in"), case.tensor("manual_ln.out")
    yield from compare_numbers(case, "manual_ln", normalise_heads(inputs), expected)
    yield from compare_numbers(case, "manual_ln, slow twin", normalise_heads_reference(inputs), expected)
