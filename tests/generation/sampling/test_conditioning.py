"""What chunks are told."""

import pytest
import torch

from generation.errors import RequestError, StateError
from generation.sampling.conditioning import ChunkTexts, WindowTexts
from generation.sampling.sealed import seal
from tests.support.fields import Field

DIM = 24


def rows(count, value):
    return torch.full((count, DIM), float(value))


@pytest.fixture
def model():
    field = Field(lambda view: view.latents)
    field.null_text = torch.arange(64.0)[:, None].expand(64, DIM) * -1
    return field


def told(texts, model, chunks, *, offset=0):
    window = WindowTexts(texts, model, chunks=chunks, num_prefix_chunks=offset)
    packed = window.conditional(chunks)
    return [part[:, 0].tolist() for part in packed.embeddings.split(list(packed.lengths))]


def test_control_tokens_stand_before_the_prompt(model):
    texts = ChunkTexts.of([rows(2, 5), rows(1, 6)], controls=[rows(1, 8), rows(2, 9)])

    assert told(texts, model, range(2)) == [[8, 5, 5], [9, 9, 6]]


def test_whole_prefix_chunks_have_no_text_of_their_own(model):
    texts = ChunkTexts.of([rows(1, 5), rows(1, 6)])

    assert told(texts, model, range(4, 5), offset=3) == [[6]]


def test_long_texts_are_cut(model):
    texts = ChunkTexts.of([rows(64, 5)], controls=[rows(2, 8)])

    assert told(texts, model, range(1)) == [[8, 8] + [5] * 62]


def test_a_chunk_without_a_prompt_gets_the_null_text_and_loses_its_tokens(model):
    texts = ChunkTexts.of([rows(0, 0), rows(1, 6)], controls=[rows(1, 8), rows(1, 8)])

    first, second = told(texts, model, range(2))
    assert first == [-float(row) for row in range(50)]
    assert second == [8, 6]


def test_the_null_text_is_fifty_rows(model):
    packed = WindowTexts(ChunkTexts.of([rows(1, 5)]), model, chunks=range(1), num_prefix_chunks=0).null(2)

    assert packed.lengths == (50, 50)
    assert packed.embeddings[:, 0].tolist() == [-float(row) for row in range(50)] * 2


def test_negative_tokens_push_rows_out_of_the_null_text(model):
    texts = ChunkTexts.of([rows(1, 5)], negative=rows(4, 7))

    packed = WindowTexts(texts, model, chunks=range(1), num_prefix_chunks=0).null(1)

    assert packed.embeddings[:, 0].tolist() == [7] * 4 + [-float(row) for row in range(46)]


def test_equal_texts_are_held_once():
    texts = ChunkTexts.of([rows(3, 5)] * 60, controls=[rows(1, min(60 - chunk, 8)) for chunk in range(60)])

    assert texts.num_chunks == 60
    assert len(texts.rows) == 9


def test_texts_come_back_as_they_were():
    texts = ChunkTexts.of([rows(3, 5), rows(0, 0)], controls=[rows(1, 8), rows(2, 9)], negative=rows(1, 7))

    back = ChunkTexts.from_bytes(texts.to_bytes())

    assert back.key == texts.key
    assert torch.equal(back.conditional_rows(0), texts.conditional_rows(0))
    assert back.conditional_rows(1) is None
    assert torch.equal(back.negative, texts.negative)


@pytest.mark.parametrize(
    "other",
    [
        ChunkTexts.of([rows(1, 6)]),
        ChunkTexts.of([rows(1, 5), rows(1, 5)]),
        ChunkTexts.of([rows(1, 5)], controls=[rows(1, 5)]),
        ChunkTexts.of([rows(1, 5)], negative=rows(1, 5)),
    ],
)
def test_the_key_names_the_content(other):
    assert ChunkTexts.of([rows(1, 5)]).key == ChunkTexts.of([rows(1, 5).clone()]).key
    assert ChunkTexts.of([rows(1, 5)]).key != other.key


def test_a_clip_without_text_is_refused():
    with pytest.raises(RequestError, match="at least one chunk"):
        ChunkTexts.of([])


def test_tokens_for_another_number_of_chunks_are_refused():
    with pytest.raises(RequestError, match=r"per chunk \(2\), got 1"):
        ChunkTexts.of([rows(1, 5)] * 2, controls=[rows(1, 8)])


@pytest.mark.parametrize("wrong", [torch.zeros(DIM), torch.zeros(1, DIM + 1), torch.zeros(1, 1, DIM)])
def test_rows_of_another_shape_are_refused(wrong):
    with pytest.raises(RequestError, match=r"text rows must be \(rows, 24\)"):
        ChunkTexts.of([rows(1, 5)], negative=wrong)


def test_text_of_another_version_is_refused():
    with pytest.raises(StateError, match="another version"):
        ChunkTexts.from_bytes(seal("text of a clip", {"negative": rows(0, 0)}, {}))
