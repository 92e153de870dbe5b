"""A case knows its tensors, and which of them nobody has looked at."""

import pytest

from generation.verification.case import GoldenCase
from generation.verification.record import CaseError
from generation.verification.verifier import verify_folder
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


def test_what_does_not_lie_beside_a_case_is_looked_for_elsewhere(spoilt, tmp_path):
    golden = spoilt("dit", "forward_tiny4b")
    alone = tmp_path / "alone"
    alone.mkdir()
    for suffix in (".json", ".safetensors"):
        (golden.path / f"forward_tiny4b{suffix}").rename(alone / f"held{suffix}")

    (by_itself,) = verify_folder(alone)
    (with_others,) = verify_folder(alone, elsewhere=[golden.path])

    assert "ckpt_tiny4b" in by_itself.problem
    assert with_others.passed


def test_the_nearest_folder_that_has_a_file_is_taken(spoilt, tmp_path):
    golden = spoilt("dit")
    (tmp_path / "special_tokens_own.npz").write_bytes(b"")
    case = GoldenCase(tmp_path / "case.json", elsewhere=[golden.path])

    assert case.files("special_tokens*") == [tmp_path / "special_tokens_own.npz"]
    assert case.file("special_tokens_tiny.npz") == golden.path / "special_tokens_tiny.npz"
    assert case.file("nothing.npz") == tmp_path / "nothing.npz"
    assert case.files("nothing*") == []
