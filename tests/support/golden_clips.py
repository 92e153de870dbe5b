"""Clips sampled by MAGI-1's own code, ready to be sampled again."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

from generation.config import ChunkPolicy, NoisePolicy, SamplingConfig
from generation.sampling.conditioning import ChunkTexts
from generation.sampling.sampler import Sampler
from generation.sampling.state import SamplerState
from tests.support.models import load_reference_dit

# Rows of the special token table, in the order in which each is put before those already there.
CONTROL_ROWS = {
    "PAD_STATIC": 2, "PAD_DYNAMIC": 3, "PAD_BORDERNESS": 4, "PAD_HQ": 1, "PAD_THREE_D_MODEL": 15, "PAD_TWO_D_ANIME": 16,
}  # fmt: skip
FIRST_DURATION_ROW = 7


@dataclass(frozen=True, kw_only=True)
class GoldenClip:
    """One golden case: how to sample it, and what must come out."""

    sampler: Sampler
    start: SamplerState
    # The released code's record of every step.
    steps: list[dict]
    # Chunk index and shape of everything that comes out, in order.
    yields: list[list]
    tensors: dict[str, Tensor]


def load_golden_clip(file: Path, **overrides) -> GoldenClip:
    """Read ``sampler_*.json`` and the tensors beside it; overrides are sampling fields."""
    case = json.loads(file.read_text())
    tensors = load_file(file.with_suffix(".safetensors"))
    model = load_reference_dit(file.parent / case["ckpt"])
    model.config = replace(model.config, distilled=case["config"]["engine_config"]["distill"])
    prefix = tensors.get("prefix_latent")
    prefix_chunks = 0 if prefix is None else prefix.shape[2] // 6
    num_chunks = case["chunk_num"] - prefix_chunks
    texts = _texts(case, tensors, num_chunks, file.parent / "special_tokens_tiny.npz")
    sampler = Sampler(model, replace(golden_sampling(case), **overrides), texts, weights_hash=case["ckpt"])
    height, width = case["latent_size"][3:]
    start = sampler.start(
        num_chunks=num_chunks,
        latent_height=height,
        latent_width=width,
        seed=case["torch_manual_seed"],
        prefix=prefix,
        noise=tensors["noise"],
    )
    return GoldenClip(sampler=sampler, start=start, steps=case["steps"], yields=case["yields"], tensors=tensors)


def golden_sampling(case: dict) -> SamplingConfig:
    """The settings of a golden case in our words."""
    runtime, engine = case["config"]["runtime_config"], case["config"]["engine_config"]
    return SamplingConfig(
        num_steps=runtime["num_steps"],
        window_size=runtime["window_size"],
        guidance_passes=runtime["cfg_number"],
        guidance_timesteps=tuple(runtime["cfg_t_range"]),
        context_guidance=tuple(runtime["prev_chunk_scales"]),
        text_guidance=tuple(runtime["text_scales"]),
        attention_span_by_stage=tuple(runtime["noise2clean_kvrange"]),
        clean_attention_span=runtime["clean_chunk_kvrange"],
        clean_timestep=runtime["clean_t"],
        near_clean_threshold=engine["distill_nearly_clean_chunk_threshold"],
        twelve_step_intervals=(1, 1, 2) if engine["shortcut_mode"] == "16,16,8" else (2, 1, 1),
        noise_policy=NoisePolicy.SINGLE_DRAW,
        chunk_policy=ChunkPolicy.REFERENCE,
    )


def _texts(case: dict, tensors: dict[str, Tensor], num_chunks: int, tokens: Path) -> ChunkTexts:
    if "chunk_text.0" in tensors:
        return ChunkTexts.of([tensors[f"chunk_text.{index}"] for index in range(num_chunks)])
    prompt = tensors["caption_embs"][0, 0, : int(tensors["caption_mask_len"])]
    table = {name: np.atleast_2d(rows).astype(np.float16) for name, rows in np.load(tokens, allow_pickle=False).items()}
    other = torch.from_numpy(table["other_tokens"]).float()

    def controls(index: int) -> Tensor:
        rows = [row for name, row in CONTROL_ROWS.items() if case["env"].get(name)]
        if case["env"].get("PAD_DURATION"):
            rows.append(FIRST_DURATION_ROW + min(num_chunks - index - 1, 7))
        return other[rows[::-1]]

    negative = None
    if case["env"].get("NEG_PROMPT"):
        caption, logo = (torch.from_numpy(table[name]).float() for name in ("caption_token", "logo_token"))
        negative = torch.cat([other[4:5], other[0:1], logo, caption])
    return ChunkTexts.of(
        [prompt] * num_chunks, controls=[controls(index) for index in range(num_chunks)], negative=negative
    )
