"""A case knows its tensors, and which of them nobody has looked at."""

import pytest

from generation.verification.record import CaseError
from tests.support.golden import golden_case


def test_tensors_that_were_not_asked_for_are_unread():
    case = golden_case("vae/vae_pixel_tables")

    case.tensor("enc_u8")

    assert set(case.unread) == {"dec_bf16", "dec_u8", "enc_norm_bf16", "enc_norm_fp32"}


def test_a_missing_tensor_is_named():
    with pytest.raises(CaseError, match=r"vae_pixel_tables\.safetensors must have the tensor 'nothing'"):
        golden_case("vae/vae_pixel_tables").tensor("nothing")


def test_a_case_without_tensors_has_no_names_and_says_so_when_asked():
    case = golden_case("vae/pre_rules")

    assert case.tensor_names == case.unread == ()
    with pytest.raises(CaseError, match=r"pre_rules\.safetensors must lie beside"):
        case.tensor("anything")


def test_names_are_matched_whole():
    names = [match[0] for match in golden_case("vae/vae_decode").matching(r"(.+)\.z")]

    assert names == ["batch2_t2.z", "native_4x8x8.z", "odd_2x5x11.z", "t1_7x9.z"]


def test_a_case_finds_its_neighbour_by_name_first_and_by_content_else(spoilt):
    copied = spoilt("vae", "vae_encode", "vae_decode", "vae_pixel_tables")
    case = copied.case("vae_pixel_tables")

    assert case.beside("vae_decode", lambda _: True).name == "vae_decode"
    assert case.beside("gone", lambda other: "t12.mean" in other.tensor_names).name == "vae_encode"
    with pytest.raises(CaseError, match=r"refers to gone\.json"):
        case.beside("gone", lambda _: False)
