"""The slow twin against the released tiled functions, blending in time included."""

import pytest

from generation.verification.autoencoder.tiled import check_tiled_decoder, check_tiled_encoder
from tests.support.golden import golden_case, require_agreement


@pytest.mark.parametrize(
    ("name", "check", "result"),
    [("vae_tiled_encode", check_tiled_encoder, "latent"), ("vae_tiled_decode", check_tiled_decoder, "out")],
)
def test_tiles_are_the_released_ones(name, check, result):
    case = golden_case(f"vae/{name}")

    made = {comparison.what for comparison in require_agreement(check(case))}

    assert {f"{tiles}.{result}" for tiles in case.record.record("cases").names} <= made
