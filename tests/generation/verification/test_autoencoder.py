"""Reading the autoencoder's golden cases."""

import pytest
import torch

from generation.vae.reference import TileSettings
from generation.verification.autoencoder.checkpoint import (
    compare_numbers,
    find_autoencoder,
    load_golden_autoencoder,
    stated_rule,
)
from generation.verification.autoencoder.layers import activation, check_layers, record_activations
from generation.verification.autoencoder.networks import check_encoder
from generation.verification.autoencoder.positions import check_positions
from generation.verification.autoencoder.tile_plans import check_tile_plans
from generation.verification.autoencoder.tiled import golden_tiles
from generation.verification.record import CaseError, Record
from generation.verification.tolerances import Elementwise
from tests.support.golden import FOLDER, golden_case


def record(**entries):
    return Record(entries, where="case.json")


def test_the_autoencoder_is_the_one_that_lies_beside_the_cases(spoilt):
    copied = spoilt("vae")
    assert find_autoencoder(copied.case("any")).name == "tiny_vae"

    (copied.path / "second").symlink_to(FOLDER / "vae/tiny_vae")

    with pytest.raises(CaseError, match=r"one folder .* got \['second', 'tiny_vae'\]"):
        find_autoencoder(copied.case("any"))


def test_it_loads_in_the_dtype_it_is_to_run_in():
    assert load_golden_autoencoder(FOLDER / "vae/tiny_vae", dtype="bfloat16").dtype == torch.bfloat16


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("abs 2e-5 + rel 1e-4 (fp32 CPU)", Elementwise(absolute=2e-5, relative=1e-4)),
        ("abs 0.01 + rel 0; uint8: +-1", Elementwise(absolute=0.01, relative=0)),
        ("exact", None),
    ],
)
def test_the_stated_rule_is_read(words, rule):
    assert stated_rule(record(tolerance=words)) == rule


def test_a_stated_rule_catches_what_is_small_beside_the_largest_value():
    case = golden_case("vae/vae_encode")
    expected = torch.tensor([20_000.0, 0.5])

    overall, each = compare_numbers(case, "std", expected + torch.tensor([0.0, 0.01]), expected)

    assert overall.passed
    assert not each.passed


@pytest.mark.parametrize(
    ("arguments", "settings"),
    [
        ({}, TileSettings(frames=16, height=100_000, width=100_000)),
        ({"allow_spatial_tiling": True}, TileSettings(frames=16, height=256, width=256)),
        (
            {
                "tile_sample_min_length": 12,
                "tile_sample_min_height": 32,
                "tile_sample_min_width": 48,
                "spatial_tile_overlap_factor": 0.5,
                "temporal_tile_overlap_factor": 0,
                "allow_spatial_tiling": True,
            },
            TileSettings(frames=12, height=32, width=48, spatial_overlap=0.5, temporal_overlap=0.0),
        ),
    ],
)
def test_arguments_left_out_have_the_released_defaults(arguments, settings):
    assert golden_tiles(record(**arguments)) == settings


def test_stations_are_found_in_every_block_and_strange_ones_are_refused():
    case, vae = golden_case("vae/vae_modules"), load_golden_autoencoder(FOLDER / "vae/tiny_vae")
    with torch.no_grad():
        seen = record_activations(vae, case)

        assert activation(vae, seen, ("dec", "blocks.1.mlp.fc2", "out")).shape[-1] == 128
        assert activation(vae, seen, ("enc", "last_layer", "out")).shape[-1] == 8
        for station in (("enc", "blocks.0.dropout", "out"), ("dec", "last_layer", "out"), ("enc", "somewhere", "in")):
            with pytest.raises(CaseError, match="must be a station"):
                activation(vae, seen, station)


def test_the_class_tokens_own_row_is_compared(spoilt):
    copied = spoilt("vae", "vae_modules")
    name = "enc.last_layer.out[:, :40]"
    copied.plant("vae_modules", name, lambda tensor: tensor[:, 0].add_(0.01))

    failed = {comparison.what for comparison in check_layers(copied.case("vae_modules")) if not comparison.passed}

    assert failed == {name, f"{name}, number by number"}


def test_results_of_encoding_with_unknown_names_are_refused(spoilt):
    copied = spoilt("vae", "vae_encode")
    copied.rename_tensor("vae_encode", "t12.std", "t12.kurtosis")

    with pytest.raises(CaseError, match=r"t12\.kurtosis must be one of the results"):
        list(check_encoder(copied.case("vae_encode")))


def test_positions_need_one_table(spoilt):
    copied = spoilt("vae", "vae_posembed")
    copied.rename_tensor("vae_posembed", "pe_4x8x8", "table")

    with pytest.raises(CaseError, match="one table"):
        list(check_positions(copied.case("vae_posembed")))


def test_sizes_of_tile_plans_are_three_numbers(spoilt):
    copied = spoilt("vae", "tile_parallel")
    copied.rewrite("tile_parallel", lambda document: document["geometry"].update(real_vae_encode={"720x1280": {}}))

    with pytest.raises(CaseError, match="must be HxWxT, got '720x1280'"):
        list(check_tile_plans(copied.case("tile_parallel")))
