"""Which model the flags mean."""

import json

import pytest

from generation.cli.arguments import build_parser
from generation.cli.model_choice import choose_model
from generation.config import ChunkPolicy, NoisePolicy
from generation.contract.requests import ControlTokens
from generation.errors import ConfigError, WeightsError
from generation.pipeline.loading import CONTROL_TOKENS_FILE
from generation.presets import find_preset
from tests.support.magi_layout import write_magi_config


@pytest.fixture
def choose(tmp_path):
    def chosen(*flags):
        return choose_model(build_parser().parse_args([str(flag) for flag in flags]), cache=tmp_path)

    return chosen


@pytest.fixture
def config_file(tmp_path, reference_root):
    """Writes one of MAGI's files with changed fields of its runtime_config."""
    return lambda **runtime: write_magi_config(tmp_path, reference_root, **runtime)


def test_starter_is_the_default(choose):
    assert choose().name == "starter"


def test_tiny_says_that_it_shows_noise(choose):
    model = choose("--preset", "tiny")

    assert "noise" in model.warnings[0]


def test_preset_runs_as_it_is_unless_told_otherwise(choose):
    preset = find_preset("magi_4_5b_base")

    model = choose("--preset", "magi_4_5b_base", "--device", "cpu")

    assert model.sampling == preset.sampling
    assert (model.width, model.height, model.seconds) == (720, 720, 4)
    assert (model.execution.device, model.execution.dtype, model.execution.text_device) == ("cpu", "float32", "cpu")
    assert model.warnings == ()


def test_flags_change_the_sampling_and_the_machine(choose):
    model = choose(
        "--steps", 16, "--window", 1, "--policy", "reference", "--dtype", "bfloat16", "--threads", 3, "--fp8"
    )

    assert (model.sampling.num_steps, model.sampling.window_size) == (16, 1)
    assert model.sampling.chunk_policy is ChunkPolicy.REFERENCE
    assert model.sampling.noise_policy is NoisePolicy.SINGLE_DRAW
    assert (model.execution.dtype, model.execution.threads, model.execution.fp8) == ("bfloat16", 3, True)


def test_steps_that_a_model_was_not_made_for_are_told(choose):
    warnings = choose("--preset", "magi_4_5b_distill", "--steps", 20, "--device", "cpu").warnings

    assert warnings == ("magi_4_5b_distill was made for 8 or 12 or 16 or 32 or 64 steps; 20 may look worse",)


def test_words_that_a_model_was_never_taught_are_told(choose):
    (warning,) = choose("--preset", "starter", "--prompt", "zoom in", "--prompt", "a dog barks").warnings

    assert warning.startswith("starter hears nothing in 'a dog barks'; it was taught static shot, pan left")
    assert choose("--preset", "starter", "--prompt", "slow zoom in").warnings == ()


@pytest.mark.parametrize(
    "flags",
    [
        ("--preset", "large"), ("--preset", "tiny", "--steps", 7), ("--window", 4, "--steps", 6),
        ("--steps", 0), ("--window", 0), ("--window", -4),
        ("--threads", -1),
    ],
)  # fmt: skip
def test_what_contradicts_is_refused(choose, flags):
    with pytest.raises(ConfigError):
        choose(*flags)


def test_magi_configuration_means_frames_as_released(choose, config_file):
    model = choose("--config_file", config_file(num_frames=96, seed=7))

    assert model.sampling.chunk_policy is ChunkPolicy.REFERENCE
    assert (model.width, model.height, model.seconds, model.seed) == (48, 32, 4, 7)
    assert model.execution.device == "cpu"


def test_magi_configuration_can_be_run_without_seams(choose, config_file):
    model = choose("--config_file", config_file(), "--policy", "seamless")

    assert model.sampling.chunk_policy is ChunkPolicy.SEAMLESS
    assert model.sampling.noise_policy is NoisePolicy.PER_CHUNK


@pytest.mark.parametrize(("frames", "seconds"), [(24, 1), (26, 1), (28, 2), (4, 1), (240, 10), (243, 10)])
def test_frames_become_as_many_seconds_as_the_released_code_makes(choose, config_file, frames, seconds):
    assert choose("--config_file", config_file(num_frames=frames)).seconds == seconds


def test_more_than_ten_seconds_are_refused_unless_seconds_are_given(choose, config_file):
    path = config_file(num_frames=480)

    with pytest.raises(ConfigError, match="at most 240"):
        choose("--config_file", path)
    choose("--config_file", path, "--seconds", 2)


def test_other_frame_rates_are_refused(choose, config_file):
    with pytest.raises(ConfigError, match=r"runtime_config\.fps must be 24"):
        choose("--config_file", config_file(fps=16))


def test_every_wrong_field_is_named_before_weights_are_read(choose, config_file):
    with pytest.raises(ConfigError) as raised:
        choose("--config_file", config_file(video_size_w=50, num_steps=7))

    assert "video_size_w" in str(raised.value)
    assert "num_steps" in str(raised.value)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", "\0\0"])
def test_what_is_no_configuration_is_refused(choose, tmp_path, content):
    (tmp_path / "config.json").write_text(content)

    with pytest.raises(ConfigError):
        choose("--config_file", tmp_path / "config.json")


def test_missing_folders_of_a_configuration_are_told(choose, config_file):
    path = config_file(vae_pretrained="nowhere/vae")

    assert any("nowhere/vae" in warning for warning in choose("--config_file", path).warnings)


@pytest.mark.parametrize("place", ["ckpt/magi/4.5B_base", "ckpt/magi", "../assets"])
def test_control_tokens_are_found_where_magi_has_them(choose, config_file, tmp_path, place):
    path = config_file()
    document = json.loads(path.read_text())
    path = tmp_path / "4.5B" / "config.json"
    path.parent.mkdir()
    path.write_text(json.dumps(document))
    tokens = (path.parent / place if ".." in place else tmp_path / place) / CONTROL_TOKENS_FILE
    tokens.parent.mkdir(exist_ok=True)
    tokens.touch()

    assert choose("--config_file", path).control_tokens.samefile(tokens)


def test_control_tokens_can_be_named(choose, tmp_path):
    assert choose("--control_tokens", tmp_path / "mine.npz").control_tokens == tmp_path / "mine.npz"
    assert choose("--weights", tmp_path).control_tokens == tmp_path / CONTROL_TOKENS_FILE


def test_missing_control_tokens_are_said_before_weights_are_read(choose, config_file):
    model = choose("--config_file", config_file())

    with pytest.raises(WeightsError, match="--controls none"):
        model.require_files(ControlTokens())
    model.require_files(ControlTokens(high_quality=False, duration=False))


def test_model_without_tokens_needs_no_file(choose):
    choose().require_files(ControlTokens())


def test_missing_weights_are_said_before_missing_tokens(choose, tmp_path):
    model = choose("--preset", "magi_4_5b_base", "--weights", tmp_path, "--device", "cpu")

    with pytest.raises(WeightsError, match="generation download magi_4_5b_base"):
        model.require_files(ControlTokens())


@pytest.mark.parametrize(("controls", "told"), [("negative", True), ("none", False)])
def test_controls_that_a_model_does_not_know_are_said(choose, controls, told):
    assert any("knows no controls" in warning for warning in choose("--controls", controls).warnings) is told
