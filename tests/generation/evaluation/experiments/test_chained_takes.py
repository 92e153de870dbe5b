"""Takes that continue each other, held against a worker that does it with a store between."""

from dataclasses import replace

import torch

from generation.contract.messages import CutLatents
from generation.contract.requests import ControlTokens, GenerationRequest
from generation.evaluation.experiments.chained_takes import MOST_PREFIX_CHUNKS, chained_takes
from generation.serving import origin
from generation.serving.latents_file import read_latents
from tests.support.serving import SPEC, Bench

REQUEST = GenerationRequest(
    prompts=SPEC.prompts, seconds=SPEC.seconds, width=SPEC.width, height=SPEC.height, seed=SPEC.seed,
    controls=ControlTokens(),
)  # fmt: skip


def test_takes_are_chained_as_a_worker_chains_them(tmp_path):
    bench = Bench(tmp_path)
    first = bench.run("first")
    keys = tuple(answer.latents_key for answer in first if answer.chunk_index >= 0)
    latents = CutLatents(chunk_keys=keys, latent_frames=6 * len(keys))
    second = bench.run("second", replace(SPEC, seed=SPEC.seed + 1, latents=latents))
    stored = [answer.latents_key for answer in (*first, *second) if answer.chunk_index >= 0]

    made = list(chained_takes(bench.pipeline, REQUEST, takes=2))

    assert [chunk.index for chunk in made] == list(range(6))
    for chunk, key in zip(made, stored, strict=True):
        assert torch.equal(chunk.latents, read_latents(bench.store, key))


def test_frames_are_decoded_after_the_take_before(tmp_path):
    pipeline = Bench(tmp_path).pipeline

    made = list(chained_takes(pipeline, REQUEST, takes=2))

    with torch.inference_mode():
        expected = pipeline.codec.decode_chunk(made[3].latents, made[2].latents)
    assert torch.equal(made[3].frames, expected[: SPEC.height, : SPEC.width])
    assert made[3].frames.shape == made[0].frames.shape


def test_one_take_is_a_clip_like_any_other(tmp_path):
    pipeline = Bench(tmp_path).pipeline

    made = list(chained_takes(pipeline, REQUEST, takes=1))

    for chunk, expected in zip(made, pipeline.generate(REQUEST), strict=True):
        assert torch.equal(chunk.frames, expected.frames)


def test_a_worker_looks_as_far_back():
    assert MOST_PREFIX_CHUNKS == origin.MOST_PREFIX_CHUNKS
