"""MAGI's own configuration files: read unchanged, and refused with everything that is wrong in them."""

import copy
import json
from dataclasses import replace

import pytest

from generation.config import ChunkPolicy, NoisePolicy
from generation.errors import ConfigError
from generation.magi_config import MagiConfigError, parse_magi_config, read_magi_config
from generation.presets import PRESETS, WeightsOrigin

RELEASED = [preset for preset in PRESETS.values() if preset.origin is WeightsOrigin.RELEASED]

# Spec dit §1.1: constant within a size.
MODEL = {
    "4.5B": {
        "num_layers": 34, "hidden_size": 3072, "ffn_hidden_size": 12288, "num_attention_heads": 24,
        "x_rescale_factor": 1, "half_channel_vae": False, "in_channels": 16, "out_channels": 16,
        "gated_linear_unit": False,
    },
    "24B": {
        "num_layers": 48, "hidden_size": 6144, "ffn_hidden_size": 16384, "num_attention_heads": 48,
        "x_rescale_factor": 0.1, "half_channel_vae": True, "in_channels": 32, "out_channels": 32,
        "gated_linear_unit": True,
    },
}  # fmt: skip
STEPS = {"24B_base": 32, "24B_distill": 16, "24B_distill_quant": 16}


def shipped(release: str = "4.5B_base") -> dict:
    """The configuration that MAGI ships for a variant, from the tables of spec dit §1."""
    size = release.split("_")[0]
    large, distilled = size == "24B", "distill" in release
    return {
        "model_config": {
            "model_name": "videodit_ardf", **MODEL[size], "num_query_groups": 8, "kv_channels": 128,
            "layernorm_epsilon": 1e-6, "apply_layernorm_1p": True, "params_dtype": "torch.bfloat16", "patch_size": 2,
            "t_patch_size": 1, "cond_hidden_ratio": 0.25, "caption_channels": 4096, "caption_max_length": 800,
            "xattn_cond_hidden_ratio": 1.0, "cond_gating_ratio": 1.0,
        },
        "runtime_config": {
            "cfg_number": 1 if distilled else 3, "cfg_t_range": [0.0, 0.0217, 0.1, 0.3, 0.999],
            "prev_chunk_scales": [1.5, 1.5, 1.5, 1.0, 1.0], "text_scales": [7.5, 7.5, 7.5, 0.0, 0.0],
            "noise2clean_kvrange": [5, 4, 3, 2], "clean_chunk_kvrange": 1, "clean_t": 0.9999, "seed": 1234,
            "num_frames": 96, "video_size_h": 720, "video_size_w": 1280 if large else 720,
            "num_steps": STEPS.get(release, 64), "window_size": 4, "fps": 24, "chunk_width": 6,
            "load": f"./downloads/{release}", "t5_pretrained": "./downloads/t5_pretrained",
            "t5_device": "cuda" if large else "cpu", "vae_pretrained": "./downloads/vae", "scale_factor": 0.18215,
            "temporal_downsample_factor": 4,
        },
        "engine_config": {
            "distributed_backend": "nccl", "distributed_timeout_minutes": 15, "pp_size": 1,
            "cp_size": 8 if large else 1, "cp_strategy": "cp_ulysses", "ulysses_overlap_degree": 1,
            "fp8_quant": release.endswith("quant"), "distill_nearly_clean_chunk_threshold": 0.3,
            "shortcut_mode": "8,16,16", "distill": distilled, "kv_offload": True, "enable_cuda_graph": False,
        },
    }  # fmt: skip


def problems_of(data: object, **options) -> tuple[str, ...]:
    with pytest.raises(MagiConfigError) as raised:
        parse_magi_config(data, **options)
    return raised.value.problems


def changed(field: str, value: object, release: str = "4.5B_base") -> dict:
    data = shipped(release)
    owner, name = field.split(".")
    data[owner][name] = value
    return data


@pytest.mark.parametrize("preset", RELEASED, ids=lambda preset: preset.name)
def test_a_shipped_configuration_is_the_preset_of_its_variant(preset) -> None:
    config = parse_magi_config(shipped(preset.release), world_size=preset.processes)

    assert replace(config.dit, name=preset.name) == preset.dit
    seamless = {"chunk_policy": ChunkPolicy.SEAMLESS, "noise_policy": NoisePolicy.PER_CHUNK}
    assert replace(config.sampling, **seamless) == preset.sampling
    assert config.execution == preset.execution
    assert (config.width, config.height) == (preset.width, preset.height)
    assert (config.num_frames, config.fps, config.seed) == (24 * preset.seconds, 24, 1234)
    assert config.latent_scale == preset.vae.latent_scale
    assert config.weights_folder.parts == ("downloads", preset.release, preset.dit.release_subfolder)
    assert config.text_encoder_folder.parts == ("downloads", "t5_pretrained", "t5-v1_1-xxl")
    assert config.warnings == ()


def test_a_magi_file_asks_for_magis_own_frames_and_noise() -> None:
    sampling = parse_magi_config(shipped()).sampling

    assert sampling.chunk_policy is ChunkPolicy.REFERENCE
    assert sampling.noise_policy is NoisePolicy.SINGLE_DRAW


def test_every_golden_configuration_is_read(reference_root) -> None:
    sampled = sorted((reference_root / "dit").glob("sampler_*.json"))
    stored = sorted((reference_root / "dit").glob("ckpt_tiny*/config.json"))
    assert len(sampled) >= 8
    assert len(stored) == 2

    for path in sampled:
        data = json.loads(path.read_text())["config"]
        config = parse_magi_config(data, source=path.name)
        assert config.dit.distilled == data["engine_config"]["distill"]
        assert config.sampling.num_steps == data["runtime_config"]["num_steps"]
        assert config.sampling.attention_span_by_stage == tuple(data["runtime_config"]["noise2clean_kvrange"])
    for path in stored:
        assert read_magi_config(path).dit.num_layers == 3


def test_the_late_shortcut_mode_takes_the_long_step_last() -> None:
    late = parse_magi_config(changed("engine_config.shortcut_mode", "16,16,8"))

    assert late.sampling.twelve_step_intervals == (1, 1, 2)


@pytest.mark.parametrize("owner", ["model_config", "runtime_config", "engine_config"])
def test_every_field_is_required_and_named_when_missing(owner) -> None:
    for name in shipped()[owner]:
        data = shipped()
        del data[owner][name]

        assert any(problem.startswith(f"{owner}.{name} is missing") for problem in problems_of(data))


def test_all_missing_fields_of_an_empty_file_are_listed_at_once() -> None:
    problems = problems_of({"model_config": {}, "runtime_config": {}, "engine_config": {}})

    assert len(problems) == sum(len(fields) for fields in shipped().values())


def test_unknown_fields_and_objects_are_named_with_a_suggestion() -> None:
    data = shipped()
    data["runtime_config"]["num_step"] = 64
    data["extra_config"] = {}

    problems = problems_of(data)

    assert "runtime_config.num_step is not a field of MAGI's configuration; did you mean num_steps?" in problems
    assert any(problem.startswith("extra_config is not a field") for problem in problems)


WRONG_VALUES = [
    ("model_config.num_layers", 0), ("model_config.num_layers", 34.0), ("model_config.num_layers", "34"),
    ("model_config.num_layers", True), ("model_config.hidden_size", -3072), ("model_config.hidden_size", 10**30),
    ("model_config.kv_channels", 100), ("model_config.layernorm_epsilon", 0),
    ("model_config.layernorm_epsilon", float("nan")), ("model_config.x_rescale_factor", float("inf")),
    ("model_config.x_rescale_factor", -0.1), ("model_config.apply_layernorm_1p", False),
    ("model_config.half_channel_vae", 1), ("model_config.params_dtype", "bfloat16"),
    ("model_config.params_dtype", ["torch.bfloat16"]), ("model_config.patch_size", 4),
    ("model_config.t_patch_size", 2), ("model_config.caption_max_length", 49),
    ("model_config.cond_gating_ratio", 0.5), ("model_config.xattn_cond_hidden_ratio", float("nan")),
    ("runtime_config.cfg_number", None), ("runtime_config.cfg_t_range", []), ("runtime_config.cfg_t_range", 0.3),
    ("runtime_config.text_scales", [7.5, 7.5, 7.5, float("nan"), 0]),
    ("runtime_config.prev_chunk_scales", [1.5, -1.5, 1.5, 1.0, 1.0]),
    ("runtime_config.noise2clean_kvrange", [5, 4, 3, 0]), ("runtime_config.noise2clean_kvrange", [5, 4, 3, 2.5]),
    ("runtime_config.clean_chunk_kvrange", 0), ("runtime_config.clean_chunk_kvrange", -2),
    ("runtime_config.clean_t", 1.5), ("runtime_config.seed", -1), ("runtime_config.seed", 2**64),
    ("runtime_config.num_frames", 3), ("runtime_config.video_size_h", 1080), ("runtime_config.video_size_w", 0),
    ("runtime_config.num_steps", 0), ("runtime_config.window_size", -4), ("runtime_config.fps", 20),
    ("runtime_config.fps", 30), ("runtime_config.chunk_width", 5), ("runtime_config.load", None),
    ("runtime_config.t5_device", "gpu"), ("runtime_config.scale_factor", 0),
    ("runtime_config.temporal_downsample_factor", 8), ("runtime_config.vae_pretrained", "a\0b"),
    ("engine_config.distributed_backend", "mpi"), ("engine_config.distributed_timeout_minutes", 0),
    ("engine_config.cp_strategy", "ring"), ("engine_config.ulysses_overlap_degree", 0),
    ("engine_config.fp8_quant", "false"), ("engine_config.distill_nearly_clean_chunk_threshold", -0.1),
    ("engine_config.shortcut_mode", "8,8,16"), ("engine_config.pp_size", 0), ("engine_config.kv_offload", None),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), WRONG_VALUES, ids=[f"{name}={value}"[:60] for name, value in WRONG_VALUES])
def test_a_wrong_value_is_refused_by_name_and_once(field, value) -> None:
    problems = problems_of(changed(field, value))

    assert len(problems) == 1
    assert problems[0].startswith(f"{field} must be ")
    assert "got " in problems[0]


@pytest.mark.parametrize(
    ("field", "value", "release", "said"),
    [
        ("model_config.hidden_size", 3080, "4.5B_base", "num_attention_heads x kv_channels"),
        ("model_config.num_query_groups", 7, "4.5B_base", "multiple of num_query_groups"),
        ("model_config.half_channel_vae", True, "4.5B_base", "in_channels must be 32"),
        ("model_config.out_channels", 16, "24B_base", "out_channels must be 32"),
        ("model_config.cond_hidden_ratio", 1e-5, "4.5B_base", "cond_hidden_ratio"),
        ("model_config.num_layers", 2, "4.5B_distill_quant", "above 2 with fp8_quant"),
        ("runtime_config.num_steps", 66, "4.5B_base", "multiple of window_size, got 66 and 4; use 64"),
        ("runtime_config.window_size", 5, "4.5B_base", "multiple of window_size"),
        ("runtime_config.noise2clean_kvrange", [5, 4, 3], "4.5B_base", "entries in noise2clean_kvrange"),
        ("runtime_config.text_scales", [7.5], "4.5B_base", "same length, got 5, 5 and 1"),
        ("runtime_config.cfg_t_range", [0.0, 0.3, 0.1, 0.2, 0.9], "4.5B_base", "rise from 0"),
        ("runtime_config.cfg_t_range", [0.1, 0.2, 0.3, 0.4, 0.9], "4.5B_base", "rise from 0"),
        ("runtime_config.cfg_number", 1, "4.5B_base", "cfg_number must be 3"),
        ("runtime_config.cfg_number", 3, "4.5B_distill", "cfg_number must be 1"),
        ("engine_config.distill", True, "4.5B_base", "cfg_number must be 1"),
        ("engine_config.fp8_quant", True, "4.5B_base", "cfg_number must be 1"),
        ("engine_config.cp_strategy", "none", "24B_base", "cp_strategy"),
        ("engine_config.cp_strategy", "cp_shuffle_overlap", "4.5B_distill", "cp_size above 1"),
        ("engine_config.cp_strategy", "cp_shuffle_overlap", "24B_base", "needs distilled weights"),
    ],
)
def test_contradicting_fields_are_named(field, value, release, said) -> None:
    problems = problems_of(changed(field, value, release), world_size=8 if release.startswith("24B") else 1)

    assert any(said in problem for problem in problems)


def test_processes_must_match_the_split_and_the_message_says_what_to_do() -> None:
    (problem,) = problems_of(shipped("24B_base"))

    assert "got 8 x 1 and 1" in problem
    assert "torchrun --nproc-per-node 8" in problem
    assert "set both to 1" in problem


def test_pipeline_stages_must_divide_the_layers_and_the_message_lists_what_does() -> None:
    (problem,) = problems_of(changed("engine_config.pp_size", 4), world_size=4)

    assert problem.endswith("34 layers allow 1, 2, 17, 34")


def test_heads_must_spread_evenly_over_context_ranks() -> None:
    (problem,) = problems_of(changed("engine_config.cp_size", 5), world_size=5)

    assert "24 heads in 8 groups" in problem


def test_all_problems_are_listed_together_and_none_twice() -> None:
    data = shipped("4.5B_distill")
    data["runtime_config"].update(fps=20, video_size_h=1080, num_steps=10, cfg_number=3, seed=-1)
    del data["engine_config"]["pp_size"]

    problems = problems_of(data)

    assert len(problems) == len(set(problems)) == 7
    with pytest.raises(ConfigError, match="7 problems"):
        parse_magi_config(data)


def test_part_of_a_chunk_is_warned_of() -> None:
    config = parse_magi_config(changed("runtime_config.num_frames", 100))

    assert [(warning.field, "120" in warning.message) for warning in config.warnings] == [
        ("runtime_config.num_frames", True)
    ]


def test_a_switch_without_effect_is_warned_of() -> None:
    (warning,) = parse_magi_config(changed("engine_config.enable_cuda_graph", True)).warnings

    assert warning.field == "engine_config.enable_cuda_graph"


def test_missing_folders_are_only_warned_of(tmp_path) -> None:
    data = shipped()
    (tmp_path / "4.5B_base" / "inference_weight").mkdir(parents=True)
    data["runtime_config"].update(load=str(tmp_path / "4.5B_base"), t5_pretrained=str(tmp_path), vae_pretrained="")
    path = tmp_path / "config.json"
    path.write_text(json.dumps(data))

    warnings = read_magi_config(path).warnings

    assert [warning.field for warning in warnings] == ["runtime_config.t5_pretrained", "runtime_config.vae_pretrained"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "one object, got list"),
        (b'{"model_config": 3}', "model_config must be an object, got 3"),
        (b'{"a": 1, "a": 2}', "a is given twice"),
        (b" " * (2**20 + 1), "at most"),
    ],
)
def test_files_that_are_no_configuration_are_refused(tmp_path, content, said) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(content)

    with pytest.raises(MagiConfigError, match=said):
        read_magi_config(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(MagiConfigError, match="cannot be read"):
            read_magi_config(path)


def test_a_byte_order_mark_is_read_over(tmp_path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(shipped()), "utf-8-sig")

    assert read_magi_config(path).dit.num_layers == 34


def test_parsing_leaves_the_data_alone() -> None:
    data = shipped()
    before = copy.deepcopy(data)

    parse_magi_config(data)

    assert data == before
