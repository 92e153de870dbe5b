"""Reading the transformer's and the sampler's golden cases."""

import pytest
import torch

from generation.config import DiTConfig
from generation.contract.requests import ControlTokens
from generation.sampling.timesteps import step_size_of
from generation.verification.record import CaseError, Record
from generation.verification.transformer.checkpoints import checkpoint_config, load_golden_transformer
from generation.verification.transformer.clips import (
    golden_config,
    golden_controls,
    golden_tokens,
    load_golden_clip,
    whole_chunks,
)
from generation.verification.transformer.forwards import (
    golden_key_ranges,
    golden_mask,
    golden_step_size,
    touches_cache,
)
from generation.verification.transformer.layers import block_of
from generation.verification.transformer.low_precision import check_low_precision, load_narrow_transformer
from generation.verification.transformer.sampler import check_clip
from generation.verification.transformer.schedules import check_schedules, released_intervals
from generation.verification.transformer.variants import released_tensors, totals
from tests.support.golden import FOLDER, golden_case, require_agreement
from tests.support.models import TINY

CLIP = "sampler_t2v_distill_24b_12steps_16168"


def record(**entries):
    return Record(entries, where="case.json")


def test_a_checkpoint_has_the_architecture_of_its_file():
    config = checkpoint_config(FOLDER / "dit/ckpt_tiny24b")

    assert (config.name, config.num_layers, config.gated_ffn, config.latent_channels) == ("ckpt_tiny24b", 3, True, 16)
    assert load_golden_transformer(FOLDER / "dit/ckpt_tiny24b").dtype == torch.float32


def test_a_narrow_model_has_e4m3_weights_only_if_the_case_brings_them():
    plain = load_narrow_transformer(golden_case("dit/bf16_forward_tiny4b"))
    quantised = load_narrow_transformer(golden_case("dit/fp8_forward_tiny24b"))

    assert {parameter.dtype for parameter in plain.parameters()} == {torch.bfloat16, torch.float32}
    assert [block_of(quantised, layer).ffn.expand.weight.dtype for layer in range(3)] == [
        torch.bfloat16,
        torch.float8_e4m3fn,
        torch.bfloat16,
    ]


def test_a_quantised_case_that_lacks_a_scale_is_refused(spoilt):
    copied = spoilt("dit", "fp8_forward_tiny24b")
    copied.drop("fp8_forward_tiny24b", "fp8_weights.videodit_blocks.layers.1.mlp.linear_fc2.smooth_scale")

    with pytest.raises(KeyError, match="smooth_scale"):
        list(check_low_precision(copied.case("fp8_forward_tiny24b")))


@pytest.mark.parametrize(
    ("environment", "controls"),
    [
        ({}, ControlTokens(high_quality=False, duration=False)),
        ({"PAD_HQ": "1", "PAD_DURATION": "True"}, ControlTokens()),
        (
            {"PAD_HQ": "0", "PAD_STATIC": "yes"},
            ControlTokens(high_quality=False, duration=False, static_first_frames=True),
        ),
        ({"NEG_PROMPT": "on"}, ControlTokens(high_quality=False, duration=False, negative=True)),
    ],
)
def test_switches_of_the_environment_are_control_tokens(environment, controls):
    assert golden_controls(record(env=environment)) == controls


def test_a_context_weight_of_the_environment_is_heeded():
    document = golden_case(f"dit/{CLIP}").record
    entries = {name: document.raw(name) for name in document.names}

    assert golden_config(document).sampling.near_clean_context_weight == 0.7
    heeded = golden_config(record(**{**entries, "env": {"prev_chunks_scale": "0.4"}}))
    assert heeded.sampling.near_clean_context_weight == 0.4


def test_two_files_of_control_tokens_are_one_too_many(spoilt):
    copied = spoilt("dit")
    (copied.path / "special_tokens_more.npz").write_bytes(b"")

    with pytest.raises(CaseError, match="one file of control tokens"):
        golden_tokens(copied.case("any"), 32)


def test_only_whole_chunks_of_a_prefix_count():
    config = DiTConfig(**TINY)

    assert whole_chunks(None, config) == 0
    assert [whole_chunks(torch.zeros(1, 16, frames, 2, 2), config) for frames in (1, 6, 20)] == [0, 1, 3]


def test_texts_per_chunk_stand_as_they_are():
    case = golden_case("dit/sampler_t2v_base_4b_chunk_prompts")

    texts = load_golden_clip(case).texts

    assert [len(texts.conditional_rows(chunk)) for chunk in range(3)] == case.tensor("chunk_text.lens").tolist()


def test_a_clip_in_another_precision_is_held_to_that_precisions_tolerance(spoilt):
    copied = spoilt("dit", CLIP)
    copied.rewrite(CLIP, lambda document: document["config"]["model_config"].update(params_dtype="torch.bfloat16"))

    made = {comparison.what: comparison for comparison in check_clip(copied.case(CLIP))}

    assert made["yield.1"].tolerance.name == "bfloat16 and e4m3"
    # The golden clip was made in float32, so this is how far bfloat16 is from it.
    assert 1e-4 < made["yield.1"].error < 0.1


@pytest.mark.parametrize("steps", [8, 16, 64])
def test_even_schedules_have_even_intervals(steps):
    assert released_intervals(steps, (2, 1, 1)) == [1.0] * steps


def test_intervals_of_twelve_steps_are_those_of_our_step_sizes():
    sampling = golden_config(golden_case(f"dit/{CLIP}").record).sampling

    assert released_intervals(12, (1, 1, 2)) == [1, 1, 2] * 4
    assert [8 / step_size_of(sampling, step) for step in range(3)] == [1, 1, 2]


@pytest.mark.parametrize("tables", [{"t_schedule": {"spiral_8": []}}, {"sequences": {"chunks3": {}}}])
def test_tables_of_unknown_names_are_refused(spoilt, tables):
    copied = spoilt("dit", "schedules")
    copied.rewrite("schedules", lambda document: document.update(tables))

    with pytest.raises(CaseError, match="must be called"):
        list(check_schedules(copied.case("schedules")))


@pytest.mark.parametrize(
    ("forward", "size"),
    [({"num_steps": 8}, 4), ({"num_steps": 64}, 32), ({"num_steps": 12, "distill_interval": 2.0}, 4)],
)
def test_step_sizes_are_read_from_the_forward(forward, size):
    assert golden_step_size(record(**forward)) == size


@pytest.mark.parametrize(
    ("forward", "touches"),
    [
        ({"slice_point": 0}, False),
        ({"slice_point": 1}, True),
        ({"slice_point": 0, "fwd_extra_1st_chunk": True}, True),
        ({"slice_point": 0, "extract_prefix_video_feature": True}, True),
    ],
)
def test_a_forward_touches_the_cache_as_the_released_code_does(forward, touches):
    assert touches_cache(record(**forward)) is touches


def test_masks_hold_zero_and_one_only(spoilt):
    copied = spoilt("dit", "forward_tiny4b")
    copied.plant("forward_tiny4b", "F1_causal3.mask", lambda mask: mask.view(-1)[0].fill_(2))

    with pytest.raises(CaseError, match=r"0 and 1 only, got \[0, 1, 2\]"):
        golden_mask(copied.case("forward_tiny4b"), "F1_causal3.mask")


def test_elements_of_a_batch_see_the_same_chunks(spoilt):
    copied = spoilt("dit", "forward_tiny4b")
    config = checkpoint_config(copied.path / "ckpt_tiny4b")
    case, name = copied.case("forward_tiny4b"), "F4_uncond_batch.kv_range"
    shape = case.tensor("F4_uncond_batch.x").shape

    assert golden_key_ranges(case, name, config, batch=3, like=shape) == ((0, 1),)
    copied.plant("forward_tiny4b", name, lambda ranges: ranges[1].add_(36))
    with pytest.raises(CaseError, match="same whole chunks"):
        golden_key_ranges(copied.case("forward_tiny4b"), name, config, batch=3, like=shape)


def test_the_layers_of_a_released_variant_are_written_out():
    variant = record(
        num_layers=3,
        top_level={"a": [[2, 3], "float32"]},
        layer_first_and_last={"b": [[4], "bfloat16"]},
        layer_inner={"b": [[1, 4], "float8_e4m3fn"], "s": [[1], "float32"]},
    )

    tensors = released_tensors(variant)

    assert len(tensors) == 5
    assert tensors["videodit_blocks.layers.1.b"] == ([1, 4], "float8_e4m3fn")
    assert totals(tensors) == {"total_numel": 19, "fp8_numel": 4, "fp32_numel": 7, "bytes_in_memory": 24 + 16 + 4 + 4}


def test_a_layer_that_the_model_does_not_have_is_refused():
    with pytest.raises(CaseError, match="one of the model's 3"):
        block_of(load_golden_transformer(FOLDER / "dit/ckpt_tiny4b"), 3)


def test_a_clip_is_sampled_to_its_last_recorded_state():
    made = {comparison.what for comparison in require_agreement(check_clip(golden_case("dit/sampler_i2v_base_24b")))}

    assert {"final_xs", "noise", "t_schedule", "chunk_num", "latent_size", "text lengths"} <= made
