"""Whole folders: the small copy passes, and nothing wrong goes unnoticed."""

import math
from itertools import chain

import pytest
import torch
from safetensors.torch import load_file, save_file

from generation.verification.kinds import is_input
from generation.verification.verifier import find_inputs, verify_folder
from tests.support.golden import FOLDER, golden_case, golden_names

CASES = [name for name in [*golden_names("dit/*"), *golden_names("vae/*")] if not is_input(golden_case(name))]


@pytest.fixture(scope="module")
def results():
    return list(chain.from_iterable(verify_folder(FOLDER / folder) for folder in ("dit", "vae")))


def test_every_case_of_the_small_copy_passes(results):
    assert [f"{result.name}: {result.problem} {result.failures}" for result in results if not result.passed] == []
    assert [result.name for result in results] == [name.partition("/")[2] for name in CASES]


def test_exact_things_are_exact_and_sums_are_far_from_their_limits(results):
    errors = {}
    for comparison in chain.from_iterable(result.comparisons for result in results):
        errors.setdefault(comparison.tolerance.name, []).append(comparison.error)

    assert set(errors["exact numbers"]) == set(errors["facts"]) == {0}
    assert max(errors["float32"]) <= 2.5e-6
    assert max(errors["bfloat16 and e4m3"]) <= 1.5e-2


def test_every_tensor_of_every_case_was_looked_at(results):
    assert not [result.problem for result in results if "not compared" in result.problem]


def test_indexes_and_descriptions_of_checkpoints_are_inputs():
    assert find_inputs(FOLDER / "dit") == ("index",)
    assert find_inputs(FOLDER / "vae") == ("INDEX", "tiny_t5", "tiny_vae")


def add(amount):
    def change(tensor):
        tensor.view(-1)[tensor.numel() // 3] += amount

    return change


@pytest.mark.parametrize(
    ("folder", "name", "tensor", "amount"),
    [
        ("dit", "modules_tiny4b", "rope.T6_H4_W6", 1e-7),
        ("dit", "modules_tiny4b", "layer1.after_attn_residual", 1e-3),
        ("dit", "modules_tiny4b", "layer1.condition_map", 1),
        ("dit", "forward_tiny4b", "F5e_near_clean_flag_skips_last_chunk_write.out", 1e-3),
        ("dit", "forward_tiny4b", "F5c.cache_layer0_chunks2to4", 1e-3),
        ("dit", "cfg_tiny4b", "D4_cfg1_distill_nearclean.velocity", 1e-3),
        ("dit", "bf16_forward_tiny4b", "out", 2.0),
        ("dit", "fp8_forward_tiny24b", "layer1.fc2.out", 0.05),
        ("dit", "sampler_t2v_distill_24b_12steps_16168", "yield.1", 1e-2),
        ("dit", "sampler_t2v_distill_24b_12steps_16168", "noise", 1e-2),
        ("vae", "vae_encode", "t12.std", 1e-3),
        ("vae", "vae_decode", "t1_7x9.decoder_all_4_frames", 1e-3),
        ("vae", "vae_modules", "enc.norm.out[:, :40]", 1e-3),
        ("vae", "vae_posembed", "to_6x10x12", 1e-5),
        ("vae", "vae_pixel_tables", "dec_u8", 1),
        ("vae", "pre_image", "crop", 1),
        ("vae", "t5_wrapper", "p1.input_ids", 1),
    ],
)
def test_one_changed_number_is_a_failure(spoilt, folder, name, tensor, amount):
    copied = spoilt(folder, name)
    copied.plant(name, tensor, add(amount))

    result = copied.verify(name)

    assert not result.passed
    assert not result.problem
    assert result.worst.what.startswith(tensor.partition(".out")[0].removesuffix("noise"))
    assert result.worst.severity > 1


def test_a_number_that_is_none_is_a_failure(spoilt):
    copied = spoilt("vae", "vae_decode")
    copied.plant("vae_decode", "batch2_t2.out", add(math.nan))

    assert not copied.verify("vae_decode").passed


@pytest.mark.parametrize(
    ("folder", "name", "change"),
    [
        ("dit", "schedules", lambda record: record["t_schedule"]["sd3_64_any"].__setitem__(7, 0.00399)),
        ("dit", "schedules", lambda record: record["sequences"]["chunks4_window2_offset0"]["t_end"].append(2)),
        ("dit", "schedules", lambda record: record["interval_12_16,16,8"].__setitem__(2, 1)),
        ("dit", "official_tensor_shapes", lambda record: record["models"]["4.5B_base"].update(total_numel=1)),
        (
            "dit",
            "official_tensor_shapes",
            lambda record: record["models"]["24B_distill_quant"]["layer_inner"].pop("mlp.linear_fc2.smooth_scale"),
        ),
        ("vae", "t5_clean", lambda record: record["cases"][40].update(text_preprocessing="something else")),
        ("vae", "t5_clean", lambda record: record["cases"][3].update(clean_once=" ")),
        ("vae", "tile_parallel", lambda record: record["geometry"]["real_vae_encode"]["720x1280x32"]["W"].pop()),
        ("dit", "forward_tiny4b", lambda record: record["cases"]["F5d_after_window_moved"].update(range_num=4)),
        ("dit", "cfg_tiny4b", lambda record: record["cases"]["D1_cfg3"].update(chunk_width=5)),
        ("vae", "pre_rules", lambda record: record["clip_rule"][4].update(first=0)),
    ],
)
def test_one_changed_fact_is_a_failure(spoilt, folder, name, change):
    copied = spoilt(folder, name)
    copied.rewrite(name, change)

    result = copied.verify(name)

    assert result.failures
    assert not result.problem


@pytest.mark.parametrize(
    ("step", "entry", "value"),
    [
        (0, "t", [0.1]), (4, "kv_range_chunks", [[0, 1], [1, 2]]), (8, "fwd_extra_1st_chunk", True),
        (9, "y_used_tokens", [39, 40]), (11, "yielded", 1), (2, "distill_interval", 1.0), (3, "near_clean_flag", True),
    ],
)  # fmt: skip
def test_one_changed_fact_of_a_step_is_a_failure(spoilt, step, entry, value):
    name = "sampler_t2v_distill_24b_12steps_16168"
    copied = spoilt("dit", name)
    assert copied.case(name).record.records("steps")[step].raw(entry) != value
    copied.rewrite(name, lambda record: record["steps"][step].update({entry: value}))

    assert [failure.what for failure in copied.verify(name).failures] == [f"step {step}"]


def test_an_unknown_case_is_a_failure_and_the_others_are_compared(spoilt):
    copied = spoilt("vae", "vae_pixel_tables")
    (copied.path / "mystery.json").write_text('{"what": "nobody knows"}')
    (copied.path / "torn.json").write_text('{"what": ')

    results = {result.name: result for result in verify_folder(copied.path)}

    assert {name for name, result in results.items() if result.passed} == {"vae_pixel_tables"}
    assert "says what to compare" in results["mystery"].problem
    assert "must be JSON" in results["torn"].problem


def test_tensors_without_their_json_and_json_without_its_tensors_are_failures(spoilt):
    copied = spoilt("vae", "vae_pixel_tables", "vae_posembed")
    (copied.path / "vae_pixel_tables.json").unlink()
    (copied.path / "vae_posembed.safetensors").unlink()

    problems = {result.name: result.problem for result in verify_folder(copied.path)}

    assert "has no vae_pixel_tables.json" in problems["vae_pixel_tables"]
    assert problems["vae_posembed"] == "vae_posembed.safetensors must lie beside vae_posembed.json"


def test_a_damaged_tensor_file_is_a_failure(spoilt):
    copied = spoilt("vae", "vae_pixel_tables")
    (copied.path / "vae_pixel_tables.safetensors").write_bytes(b"not tensors")

    assert "SafetensorError" in copied.verify("vae_pixel_tables").problem


def test_a_tensor_that_nobody_compares_is_a_failure(spoilt):
    copied = spoilt("vae", "vae_pixel_tables")
    file = copied.path / "vae_pixel_tables.safetensors"
    save_file({**load_file(file), "more": torch.zeros(3)}, file)

    result = copied.verify("vae_pixel_tables")

    assert result.problem == "not compared: more"
    assert not result.passed
    assert len(result.comparisons) == 3


def test_what_was_compared_before_an_error_is_kept(spoilt):
    copied = spoilt("dit", "forward_tiny4b")
    copied.rewrite("forward_tiny4b", lambda record: record["cases"]["F3_limited"].pop("slice_point"))

    result = copied.verify("forward_tiny4b")

    assert "must have 'slice_point'" in result.problem
    assert [comparison.what for comparison in result.comparisons] == [
        "F1_causal3, shape", "F1_causal3.out", "F2_dropped, shape", "F2_dropped.out",
    ]  # fmt: skip


def test_a_case_whose_checkpoint_is_missing_is_a_failure(spoilt):
    copied = spoilt("dit", "cfg_tiny4b")
    (copied.path / "ckpt_tiny4b").unlink()

    assert "ckpt_tiny4b" in copied.verify("cfg_tiny4b").problem


@pytest.mark.parametrize("make", [True, False], ids=["empty", "missing"])
def test_a_folder_without_cases_is_a_failure(tmp_path, make):
    folder = tmp_path / "nothing"
    if make:
        folder.mkdir()

    (result,) = verify_folder(folder)

    assert not result.passed
    assert "there " in result.problem


def test_a_case_that_holds_nothing_to_compare_is_a_failure(spoilt):
    copied = spoilt("dit", "cfg_tiny4b")
    copied.rewrite("cfg_tiny4b", lambda record: record.update(cases={}))

    assert copied.verify("cfg_tiny4b").problem == "it holds nothing to compare"


def test_random_states_of_the_process_are_left_alone(spoilt):
    before = torch.get_rng_state()

    spoilt("vae", "vae_encode").verify("vae_encode")

    assert torch.equal(torch.get_rng_state(), before)
