"""Headers: what a good one gives, and how every bad one is refused without allocating what it claims."""

import contextlib
import io
import json
import struct
import tracemalloc
import zipfile

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save

from generation.errors import WeightsError
from generation.weights.files.header import LARGEST_HEADER, parse_header, read_header

ENTRY = {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}


def stored(header: object, data: bytes = b"\0" * 24) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def read(content: bytes, *, compressed: bool = False):
    return read_header(io.BytesIO(content), file_bytes=None if compressed else len(content), source="model")


def test_a_file_of_the_library_is_described_as_the_library_does() -> None:
    tensors = {"b": torch.zeros(3, dtype=torch.bfloat16), "a": torch.zeros(2, 5), "none": torch.zeros(0, 4)}
    content = save(tensors, {"made": "here"})

    header = read(content)

    assert {tensor.name: tensor.shape for tensor in header.tensors} == {"a": (2, 5), "b": (3,), "none": (0, 4)}
    assert {tensor.name: tensor.code for tensor in header.tensors} == {"a": "F32", "b": "BF16", "none": "F32"}
    assert header.metadata == {"made": "here"}
    assert header.file_bytes == len(content)
    assert [tensor.start for tensor in header.tensors] == sorted(tensor.start for tensor in header.tensors)


def test_a_file_without_tensors_is_read() -> None:
    assert read(save({})).tensors == ()


IMPOSSIBLE = {
    "overlap": {"a": ENTRY, "b": {**ENTRY, "data_offsets": [12, 36]}},
    "gap": {"a": {**ENTRY, "data_offsets": [8, 32]}},
    "tail": {"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}},
    "negative start": {"a": {**ENTRY, "data_offsets": [-24, 0]}},
    "negative side": {"a": {**ENTRY, "shape": [-2, -3]}},
    "backwards": {"a": {**ENTRY, "data_offsets": [24, 0]}},
    "outside": {"a": {**ENTRY, "shape": [2, 2**46], "data_offsets": [0, 2**49]}},
    "size": {"a": {**ENTRY, "shape": [2, 4]}},
    "huge side": {"a": {**ENTRY, "shape": [2**62, 2**62]}},
    "many axes": {"a": {**ENTRY, "shape": [1] * 9}},
    "fraction": {"a": {**ENTRY, "shape": [2.0, 3]}},
    "boolean": {"a": {**ENTRY, "shape": [True, 6]}},
    "one offset": {"a": {**ENTRY, "data_offsets": [24]}},
    "unknown type": {"a": {**ENTRY, "dtype": "F12"}},
    "type is no text": {"a": {**ENTRY, "dtype": 32}},
    "field missing": {"a": {"dtype": "F32", "shape": [6]}},
    "field too many": {"a": {**ENTRY, "more": 1}},
    "entry is no object": {"a": 3},
    "metadata": {"a": ENTRY, "__metadata__": {"x": 1}},
}


@pytest.mark.parametrize("header", IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_impossible_descriptions_are_refused(header) -> None:
    with pytest.raises(WeightsError, match="impossible header"):
        read(stored(header))


def test_all_impossible_tensors_are_named_together() -> None:
    header = {"first": {**ENTRY, "shape": [-1]}, "second": {**ENTRY, "dtype": "X"}, "third": 3}

    with pytest.raises(WeightsError, match=r"first .*second .*third "):
        read(stored(header))


@pytest.mark.parametrize(
    "text",
    [
        b"{ ",
        b"{}}",
        b'{"a": NaN}',
        b'{"a": {"dtype": "F32", "shape": [NaN], "data_offsets": [0, 24]}}',
        b'{"a": {"dtype": "F32", "shape": [Infinity], "data_offsets": [0, 24]}}',
        b'{"a": 1, "a": 2}',
        b'{"\xff": 1}',
        b'{"a": ' + b"[" * 50_000,
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
def test_damaged_json_is_refused(text) -> None:
    with pytest.raises(WeightsError, match="damaged header"):
        read(stored(text))


@pytest.mark.parametrize("claimed", [2**64 - 1, 2 * 10**9, LARGEST_HEADER + 1, 10_000, 1, 0])
@pytest.mark.parametrize("compressed", [False, True])
def test_claimed_header_lengths_are_refused_without_memory_for_them(claimed, compressed) -> None:
    content = struct.pack("<Q", claimed) + json.dumps({"a": ENTRY}).encode() + b"\0" * 24
    tracemalloc.start()

    try:
        with pytest.raises(WeightsError):
            read(content, compressed=compressed and claimed > LARGEST_HEADER)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("length", [0, 1, 7, 8, 9, 20])
def test_a_file_cut_in_its_header_is_refused(length) -> None:
    with pytest.raises(WeightsError, match=r"cut short|claims a header"):
        read(stored({"a": ENTRY})[:length])


def test_a_header_that_is_no_object_is_refused() -> None:
    with pytest.raises(WeightsError, match="not a safetensors file"):
        read(stored(b'["a"]'))


def test_a_file_cut_in_its_data_or_continued_is_refused() -> None:
    whole = stored({"a": ENTRY})

    with pytest.raises(WeightsError, match=r"cut short: \d+ of the \d+ bytes"):
        read(whole[:-1])
    with pytest.raises(WeightsError, match="tensors end at"):
        read(whole + b"\0")


def test_pickles_are_told_by_their_content() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("archive/data.pkl", b"\x80\x02}.")

    for content in (archive.getvalue(), b"\x80\x02}q\x00(X\x01\x00", b"\x80\x04\x95" + b"\0" * 20):
        with pytest.raises(WeightsError, match=r"never opened; convert it to safetensors"):
            read(content)


def test_a_header_whose_length_begins_like_a_pickle_is_read() -> None:
    text = json.dumps({"a": ENTRY}).encode().ljust(0x0280)
    content = stored(text)
    assert content[:2] == b"\x80\x02"

    assert read(content).tensors[0].name == "a"


def test_anything_else_is_refused_as_something_else() -> None:
    with pytest.raises(WeightsError, match="not a safetensors file"):
        read(b"<!DOCTYPE html><html>Not found</html>")


@given(st.binary(max_size=200))
def test_random_bytes_give_a_header_or_a_weights_error(content) -> None:
    with contextlib.suppress(WeightsError):
        read(content)


@given(st.data())
def test_a_header_with_any_one_byte_changed_never_reaches_outside_the_file(data) -> None:
    content = bytearray(stored({"a": ENTRY, "b": {"dtype": "F16", "shape": [4], "data_offsets": [24, 32]}}, b"\0" * 32))
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] = data.draw(st.integers(0, 255))

    try:
        header = read(bytes(content))
    except WeightsError:
        return

    assert header.file_bytes == len(content)


def test_the_size_of_a_compressed_file_is_what_its_header_says() -> None:
    text = json.dumps({"a": ENTRY}).encode()

    assert parse_header(text, file_bytes=None, source="model").file_bytes == 8 + len(text) + 24
