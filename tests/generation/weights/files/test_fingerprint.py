"""Fingerprints: the same for the same weights, another for all others that occur."""

import itertools

import pytest

from generation.weights.files.fingerprint import SAMPLE_BYTES, STRIDE_BYTES, WHOLE_BYTES, Fingerprint, sample_ranges


def fingerprint(*tensors: tuple[str, str, tuple[int, ...], bytes]) -> str:
    collected = Fingerprint()
    for name, dtype, shape, content in tensors:
        collected.add(name, dtype=dtype, shape=shape, content=memoryview(content))
    return collected.text()


FIRST, SECOND = ("a", "float32", (1,), b"1234"), ("b", "float32", (1,), b"5678")


def test_the_order_of_tensors_does_not_matter() -> None:
    assert fingerprint(FIRST, SECOND) == fingerprint(SECOND, FIRST)
    assert len(fingerprint(FIRST)) == 64


@pytest.mark.parametrize(
    "other",
    [
        ("c", "float32", (1,), b"1234"),
        ("a", "bfloat16", (1,), b"1234"),
        ("a", "float32", (1, 1), b"1234"),
        ("a", "float32", (1,), b"1235"),
    ],
)
def test_name_type_shape_and_content_all_matter(other) -> None:
    assert fingerprint(other, SECOND) != fingerprint(FIRST, SECOND)


def test_contents_that_change_places_are_told_apart() -> None:
    swapped = (("a", "float32", (1,), b"5678"), ("b", "float32", (1,), b"1234"))

    assert fingerprint(*swapped) != fingerprint(FIRST, SECOND)


def test_every_byte_of_a_small_tensor_matters() -> None:
    content = bytearray(1000)
    plain = fingerprint(("a", "U8", (1000,), bytes(content)))

    for at in (0, 500, 999):
        content[at] = 1
        assert fingerprint(("a", "U8", (1000,), bytes(content))) != plain
        content[at] = 0


def test_samples_of_a_large_tensor_cover_its_start_end_and_every_stride() -> None:
    length = WHOLE_BYTES + 12345

    ranges = sample_ranges(length)

    assert ranges[0][0] == 0
    assert ranges[-1][1] == length
    assert all(0 <= start < stop <= length for start, stop in ranges)
    assert all(second[0] - first[0] <= STRIDE_BYTES for first, second in itertools.pairwise(ranges))
    assert sum(stop - start for start, stop in ranges) <= (length / STRIDE_BYTES + 2) * SAMPLE_BYTES


def test_a_large_tensor_that_differs_in_a_whole_row_of_blocks_is_told_apart() -> None:
    content = bytearray(WHOLE_BYTES + 1)
    plain = fingerprint(("a", "U8", (len(content),), bytes(content)))

    content[STRIDE_BYTES : 2 * STRIDE_BYTES] = b"\1" * STRIDE_BYTES

    assert fingerprint(("a", "U8", (len(content),), bytes(content))) != plain
