"""Guided velocities of MAGI-1's own code."""

import json
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file

from generation.config import SamplingConfig
from generation.model.window import ChunkWindow, PackedText
from generation.sampling.velocity import NoisyWindow, VelocityPasses
from tests.support.models import load_reference_dit

TOLERANCE = 5e-6
BOTH = (
    "D1_cfg3", "D2_cfg3_extra_chunk", "D3_cfg1_distill", "D4_cfg1_distill_nearclean", "D5_cfg1_distill_nearclean_extra",
)  # fmt: skip
CASES = [
    *(("tiny24b", name) for name in (*BOTH, "D6_cfg1_distill_12steps_interval2")),
    *(("tiny4b", name) for name in (*BOTH, "D7_cfg1_nearclean_scale_env0.4")),
]


class GivenTexts:
    """The texts of a golden case."""

    def __init__(self, tensors, first):
        self.first = first
        self.rows = {
            name: [
                rows[0, : int(mask.sum())]
                for rows, mask in zip(tensors[f"y_{name}"], tensors[f"mask_{name}"], strict=True)
            ]
            for name in ("cond", "null")
        }

    def conditional(self, chunks):
        return packed([self.rows["cond"][chunk - self.first] for chunk in chunks])

    def null(self, count):
        # Here every chunk has a null text of its own, and passes that leave chunks out leave out the oldest.
        return packed(self.rows["null"][-count:])


def packed(rows):
    return PackedText(embeddings=torch.cat(rows), lengths=tuple(map(len, rows)))


@pytest.mark.parametrize(("architecture", "name"), CASES)
def test_guided_velocities_agree_with_the_released_code(reference_root, architecture, name):
    folder = reference_root / "dit"
    model = load_reference_dit(folder / f"ckpt_{architecture}")
    case = json.loads((folder / f"cfg_{architecture}.json").read_text())["cases"][name]
    everything = load_file(folder / f"cfg_{architecture}.safetensors")
    tensors = {key.removeprefix(name + "."): value for key, value in everything.items() if key.startswith(name + ".")}
    first, extra = case["slice_point"], int(case["fwd_extra_1st_chunk"])
    chunk_tokens = tensors["x"][0, 0].numel() // 4 // case["denoising_range_num"]
    ranges = [(start // chunk_tokens, stop // chunk_tokens) for start, stop in tensors["kv_range"].tolist()]
    # Half the number of even steps as long as this one.
    step_size = case["num_steps"] / 2 if case["num_steps"] != 12 else 4 / case["distill_interval"] * 2
    sampling = SamplingConfig(
        num_steps=case["num_steps"],
        guidance_passes=case["cfg_number"],
        near_clean_context_weight=float(case["env_prev_chunks_scale"] or 0.7),
        # Some cases ask for the mix at 0.5, some go without it at a timestep where it would be on.
        near_clean_threshold=0.3 if case.get("distill_nearly_clean_chunk") else 1.0,
    )
    texts = GivenTexts(tensors, first)
    keys = filled_cache(model, tensors, chunk_tokens)

    def clean(cache, *, null_condition):
        """The chunk that has just become clean, as this pass of the released code has it in its own batch."""
        window = ChunkWindow(
            latents=tensors["x"][:, :, :6],
            timesteps=tensors["t"][:, :1],
            text=packed(texts.rows["null" if null_condition else "cond"][:1]),
            first_chunk=first,
            key_ranges=(ranges[0],),
            null_condition=null_condition,
            step_size=step_size if case["distill"] else None,
        )
        model(window, cache, write_chunks=1)
        return cache

    text_keys = None
    if extra:
        fork = keys.fork()
        text_keys = lambda: clean(fork, null_condition=False)  # noqa: E731 - made only if asked for
        clean(keys, null_condition=case["cfg_number"] == 3)
    window = NoisyWindow(
        latents=tensors["x"][:, :, 6 * extra :],
        timesteps=tuple(tensors["t"][0, extra:].tolist()),
        key_ranges=tuple(ranges[extra:]),
        first_chunk=first + extra,
        step_size=step_size if case["distill"] else None,
    )

    expected = tensors["velocity"][:, :, 6 * extra :]
    for skip in (True, False):
        settings = replace(sampling, skip_zero_weight_passes=skip)
        velocity = VelocityPasses(model, settings, texts).velocity(window, keys, text_keys=text_keys)
        assert (velocity - expected).abs().max() <= TOLERANCE * expected.abs().max()
    if "cache_out_layer0_from_slice_point" in tensors:
        written = torch.cat(keys.read(0, first, first + 1), dim=-1)[0]
        expected = tensors["cache_out_layer0_from_slice_point"][:chunk_tokens]
        assert (written - expected).abs().max() <= TOLERANCE * expected.abs().max()


def filled_cache(model, tensors, chunk_tokens):
    """A cache that holds the given keys and values of chunk 0."""
    height, width = tensors["x"].shape[3:]
    cache = model.make_kv_cache(height, width)
    for layer in range(model.config.num_layers):
        if f"cache_in_layer{layer}" in tensors:
            keys, values = tensors[f"cache_in_layer{layer}"][None, :chunk_tokens].chunk(2, dim=-1)
            cache.write(layer, 0, keys, values)
    return cache
