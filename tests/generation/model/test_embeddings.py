"""What goes into the transformer, against the golden modules."""

import math

import pytest
import torch
from safetensors.torch import load_file

from generation.model.embeddings import PLACE_EXTENT, ROUNDED_UP, PlaceEmbedding, sinusoid, sinusoid_frequencies
from generation.verification.measures import largest_error
from generation.verification.transformer.checkpoints import load_golden_transformer

TOLERANCE = 1e-6


@pytest.fixture(params=["tiny4b", "tiny24b"], scope="module")
def golden(request, reference_root):
    folder = reference_root / "dit"
    return load_golden_transformer(folder / f"ckpt_{request.param}"), load_file(
        folder / f"modules_{request.param}.safetensors"
    )


def test_sinusoid_equals_the_golden_one(golden):
    _, tensors = golden

    found = sinusoid(tensors["t_embedder.in_t"])

    # Bit for bit where cosines are those of the machine that made the data; never further than their last place.
    assert (found - tensors["t_embedder.sinusoid_256"]).abs().max() <= 2**-23


def test_timestep_embedding_equals_the_golden_one(golden):
    model, tensors = golden

    embedded = model.timestep_embed(tensors["t_embedder.in_t"], torch.float32)

    assert largest_error(embedded, tensors["t_embedder.out"]) <= TOLERANCE


def test_text_embedding_equals_the_golden_one(golden):
    model, tensors = golden

    assert largest_error(model.text_embed(tensors["y_embedder.in_y"]), tensors["y_embedder.cond.xattn"]) <= TOLERANCE
    for null, name in ((False, "cond"), (True, "dropped")):
        expected = tensors[f"y_embedder.{name}.adaln"].flatten()
        assert largest_error(model.text_embed.condition(null=null), expected) <= TOLERANCE


def test_patch_embedding_equals_the_golden_convolution(golden):
    model, tensors = golden
    expected = tensors["x_embedder.out"]

    tokens = model.patch_embed(tensors["x_embedder.in"])

    assert largest_error(tokens.transpose(1, 2).reshape(expected.shape), expected) <= TOLERANCE


def test_frequencies_are_within_one_place_of_the_exponential():
    exact = torch.exp(-math.log(10000) * torch.arange(128, dtype=torch.float64) / 128)

    frequencies = sinusoid_frequencies()

    # The exponent itself is rounded, by up to 2^-20 of its size.
    assert ((frequencies.double() - exact).abs() / exact).max() < 1e-6
    assert (frequencies.diff() < 0).all()
    assert len(frequencies) == 128 > max(ROUNDED_UP)


def test_places_tell_frame_row_and_column():
    embedding = PlaceEmbedding(chunk_frames=6, hidden_size=24)
    with torch.no_grad():
        # One channel per feature: what is told can be read off.
        embedding.weight.copy_(torch.eye(24))

    told = embedding((12, 4, 8)).detach().view(12, 4, 8, 24)

    assert torch.equal(told[:, 1, 2, :6], torch.eye(6).repeat(2, 1))
    height, width = told[0, :, 0, 14], told[0, 0, :, 23]
    # Frames of any shape have their middle at 0, and rotary positions' scale.
    assert height.sum().abs() < 1e-6
    assert width.sum().abs() < 1e-6
    assert width[-1] * PLACE_EXTENT == pytest.approx((8 / math.sqrt(32 / 256) - 1) / 2)
    assert told[0, 0, 3, 15] == pytest.approx(math.sin(float(width[3]) * 0.5 * math.pi), abs=1e-6)
    # The same place in another chunk, and no two places of a chunk alike.
    assert torch.equal(told[:6], told[6:])
    assert len(told[:6].flatten(0, 2).unique(dim=0)) == 6 * 4 * 8
