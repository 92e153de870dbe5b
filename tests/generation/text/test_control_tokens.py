from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

from generation.contract.requests import ControlTokens
from generation.errors import RequestError, WeightsError
from generation.text.control_tokens import ControlTokenTable, TokenRow, read_control_tokens

NO_CONTROLS = ControlTokens(high_quality=False, duration=False)
ALL_CONTROLS = ControlTokens(**{field.name: True for field in fields(ControlTokens)})
TEXT_DIM = 32


@pytest.fixture(scope="module")
def arrays(reference_root: Path) -> dict[str, np.ndarray]:
    with np.load(reference_root / "dit/special_tokens_tiny.npz", allow_pickle=False) as archive:
        return {name: archive[name].astype(np.float16).astype(np.float32) for name in archive.files}


@pytest.fixture(scope="module")
def table(reference_root: Path) -> ControlTokenTable:
    return read_control_tokens(reference_root / "dit/special_tokens_tiny.npz", text_dim=TEXT_DIM)


def write_tokens(path: Path, *, rows: int = 100, dim: int = TEXT_DIM, value: float = 0.5, dtype=np.float64) -> Path:
    np.savez(
        path,
        caption_token=np.full((1, dim), value, dtype),
        logo_token=np.full((1, dim), value, dtype),
        other_tokens=np.full((rows, dim), value, dtype),
    )
    return path


def test_values_are_rounded_to_float16_and_kept_as_float32(table, arrays):
    assert table.others.dtype == torch.float32
    assert torch.equal(table.others, torch.from_numpy(arrays["other_tokens"]))
    assert torch.equal(table.others, table.others.half().float())
    assert table.text_dim == TEXT_DIM


def test_high_quality_and_duration_read_duration_first(table, arrays):
    rows = table.rows_for_chunk(ControlTokens(), chunks_remaining=3)

    assert torch.equal(rows, torch.from_numpy(arrays["other_tokens"][[9, 1]]))


def test_all_tokens_stand_in_the_reverse_of_the_order_in_which_they_are_prepended(table, arrays):
    prepended = [2, 3, 4, 1, 15, 16, 7]

    rows = table.rows_for_chunk(ALL_CONTROLS, chunks_remaining=1)

    assert torch.equal(rows, torch.from_numpy(arrays["other_tokens"][prepended[::-1]]))


def test_without_controls_there_are_no_rows(table):
    assert table.rows_for_chunk(NO_CONTROLS, chunks_remaining=1).shape == (0, TEXT_DIM)


@pytest.mark.parametrize(("remaining", "row"), [(1, 7), (2, 8), (8, 14), (9, 14), (600, 14)])
def test_the_duration_token_counts_the_chunks_that_remain_up_to_eight(table, arrays, remaining, row):
    controls = replace(NO_CONTROLS, duration=True)

    rows = table.rows_for_chunk(controls, chunks_remaining=remaining)

    assert torch.equal(rows, torch.from_numpy(arrays["other_tokens"][[row]]))


@given(wanted=st.sets(st.sampled_from([field.name for field in fields(ControlTokens)])))
def test_each_control_adds_its_own_row_and_leaves_the_order_of_the_others(table, wanted):
    controls = ControlTokens(**{field.name: field.name in wanted for field in fields(ControlTokens)})
    everything = table.rows_for_chunk(ALL_CONTROLS, chunks_remaining=2).tolist()

    rows = table.rows_for_chunk(controls, chunks_remaining=2).tolist()

    assert len(rows) == len(wanted - {"negative"})
    assert rows == [row for row in everything if row in rows]


def test_the_negative_rows_are_borderness_transition_logo_caption(table, arrays):
    others = arrays["other_tokens"]
    expected = np.concatenate([others[4:5], others[0:1], arrays["logo_token"], arrays["caption_token"]])

    assert torch.equal(table.negative_rows(), torch.from_numpy(expected))


def test_no_chunk_remaining_is_refused(table):
    with pytest.raises(RequestError, match="at least 1, got 0"):
        table.rows_for_chunk(ControlTokens(), chunks_remaining=0)


def test_a_model_without_tokens_serves_every_request_with_none():
    empty = ControlTokenTable.empty(TEXT_DIM)

    assert empty.rows_for_chunk(ALL_CONTROLS, chunks_remaining=2).shape == (0, TEXT_DIM)
    assert empty.negative_rows().shape == (0, TEXT_DIM)
    assert empty.text_dim == TEXT_DIM


def test_a_missing_file_matters_once_a_token_is_asked_for(tmp_path):
    table = read_control_tokens(tmp_path / "tokens.npz", text_dim=TEXT_DIM)

    assert table.rows_for_chunk(NO_CONTROLS, chunks_remaining=1).shape == (0, TEXT_DIM)
    with pytest.raises(WeightsError, match=r"tokens\.npz is missing"):
        table.rows_for_chunk(ControlTokens(), chunks_remaining=1)
    with pytest.raises(WeightsError, match=r"tokens\.npz is missing"):
        table.negative_rows()


def test_a_safetensors_file_holds_the_same_tokens(tmp_path, reference_root, table):
    with np.load(reference_root / "dit/special_tokens_tiny.npz", allow_pickle=False) as archive:
        save_file({name: torch.from_numpy(archive[name]) for name in archive.files}, tmp_path / "t.safetensors")

    converted = read_control_tokens(tmp_path / "t.safetensors", text_dim=TEXT_DIM)

    for name in ("caption", "logo", "others"):
        assert torch.equal(getattr(converted, name), getattr(table, name))


def test_rounding_goes_straight_from_float64(tmp_path):
    # Just above the middle of two float16 numbers; by way of float32 it would land on the middle and round down.
    value = 1 + 2**-11 + 2**-40

    table = read_control_tokens(write_tokens(tmp_path / "t.npz", value=value), text_dim=TEXT_DIM)

    assert table.caption[0, 0] == 1 + 2**-10


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"dim": 16}, r"caption_token must be at least \(1, 32\)"),
        ({"rows": 16}, r"other_tokens must be at least \(17, 32\)"),
        ({"dtype": np.int64}, "of int64"),
        ({"value": float("nan")}, "finite float16"),
        ({"value": 1e6}, "finite float16"),
    ],
)
def test_tokens_of_another_model_are_refused(tmp_path, change, words):
    with pytest.raises(WeightsError, match=words):
        read_control_tokens(write_tokens(tmp_path / "t.npz", **change), text_dim=TEXT_DIM)


def test_pickled_arrays_are_refused(tmp_path):
    np.savez(tmp_path / "t.npz", caption_token=np.array([{}], dtype=object))

    with pytest.raises(WeightsError, match="allow_pickle"):
        read_control_tokens(tmp_path / "t.npz", text_dim=TEXT_DIM)


@pytest.mark.parametrize("name", ["t.npz", "t.safetensors"])
@pytest.mark.parametrize("content", [b"", b"garbage", b"PK\x03\x04 cut off"])
def test_a_damaged_file_is_a_weights_error(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)

    with pytest.raises(WeightsError, match="cannot be read"):
        read_control_tokens(tmp_path / name, text_dim=TEXT_DIM)


def test_a_file_that_lacks_a_token_names_it(tmp_path):
    np.savez(tmp_path / "t.npz", caption_token=np.zeros((1, TEXT_DIM)))

    with pytest.raises(WeightsError, match="lacks 'logo_token"):
        read_control_tokens(tmp_path / "t.npz", text_dim=TEXT_DIM)


def test_a_single_array_is_not_a_token_file(tmp_path):
    with (tmp_path / "t.npz").open("wb") as file:
        np.save(file, np.zeros(3))

    with pytest.raises(WeightsError, match="cannot be read"):
        read_control_tokens(tmp_path / "t.npz", text_dim=TEXT_DIM)


def test_row_numbers_are_those_of_the_released_file():
    assert {row.name: row.value for row in TokenRow} == {
        "TRANSITION": 0, "HIGH_QUALITY": 1, "STATIC_FIRST_FRAMES": 2, "DYNAMIC_FIRST_FRAMES": 3, "BORDERNESS": 4,
        "DURATION": 7, "THREE_D_MODEL": 15, "TWO_D_ANIME": 16,
    }  # fmt: skip
