"""Golden forwards of MAGI-1's transformer as windows of ours."""

import dataclasses
import json
from pathlib import Path

import torch
from safetensors.torch import load_file

from generation.model.dit import DiT
from generation.model.precision import cast_for_inference
from generation.model.window import ChunkWindow, PackedText
from generation.weights.magi_keys import dit_key_map
from tests.support.models import reference_config, reference_tensors

# Chunks each case writes to the shared cache; MAGI writes all, and all but the last with a near-clean chunk.
WRITTEN_CHUNKS = {"F5a": 2, "F5b": 0, "F5c": 3, "F5d": 2, "F5e": 1}


def golden_window(tensors, prefix="", *, first_chunk=0, step_size=None) -> ChunkWindow:
    """The inputs ``x``, ``t``, ``y``, ``mask`` and ``kv_range`` under ``prefix``."""
    mask = tensors[f"{prefix}mask"].bool().flatten(0, 1)
    embeddings = tensors[f"{prefix}y"].flatten(0, 1)
    latents, timesteps = tensors[f"{prefix}x"], tensors[f"{prefix}t"]
    chunk_tokens = latents.shape[2] // timesteps.shape[1] * latents.shape[3] * latents.shape[4] // 4
    dropped = tensors.get(f"{prefix}caption_dropout", torch.tensor([False]))
    return ChunkWindow(
        latents=latents,
        timesteps=timesteps,
        text=PackedText(embeddings=embeddings[mask], lengths=tuple(mask.sum(1).tolist())),
        first_chunk=first_chunk,
        key_ranges=tuple(
            (start // chunk_tokens, stop // chunk_tokens)
            for start, stop in tensors[f"{prefix}kv_range"][: timesteps.shape[1]].tolist()
        ),
        null_condition=bool(dropped),
        step_size=step_size,
    )


def forward_cases(folder: Path, tag: str) -> tuple[dict, dict[str, int]]:
    """Tensors of ``forward_<tag>``, and for each case the first chunk."""
    cases = json.loads((folder / f"forward_{tag}.json").read_text())["cases"]
    return load_file(folder / f"forward_{tag}.safetensors"), {name: case["slice_point"] for name, case in cases.items()}


def load_fp8_dit(folder: Path) -> tuple[DiT, dict]:
    """The golden 24B-like model with its e4m3 layer, in bfloat16, and the tensors of its case."""
    config = dataclasses.replace(reference_config(folder / "ckpt_tiny24b"), fp8=True, distilled=True)
    golden = load_file(folder / "fp8_forward_tiny24b.safetensors")
    tensors = reference_tensors(folder / "ckpt_tiny24b")
    tensors.update({name.removeprefix("fp8_weights."): part for name, part in golden.items() if "fp8_weights." in name})
    model = DiT(config)
    model.load_state_dict({ours: tensors[theirs] for ours, theirs in dit_key_map(config).items()})
    cast_for_inference(model, torch.bfloat16)
    return model.requires_grad_(requires_grad=False), golden


def largest_error(found: torch.Tensor, expected: torch.Tensor) -> float:
    """Largest difference, relative to the largest expected value."""
    return float((found - expected).abs().max() / expected.abs().max())


def relative_l2(found: torch.Tensor, expected: torch.Tensor) -> float:
    """Length of the difference, relative to that of what is expected."""
    return float((found.double() - expected.double()).norm() / expected.double().norm())
