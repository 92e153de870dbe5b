"""Waiting for chunks: that every part is measured, not how long it takes."""

import pytest

from generation.contract.requests import ControlTokens, GenerationRequest
from generation.evaluation.benchmark.clip import QUICK, ChunkTime, measure_clip, timed_chunks
from generation.pipeline.loading import load_preset
from generation.presets import find_preset

TINY = find_preset("tiny")


def test_a_chunk_takes_what_its_parts_take():
    assert ChunkTime(denoise=1.5, decode=0.25).total == 1.75


def test_every_chunk_of_a_clip_is_timed(tmp_path):
    pipeline = load_preset(TINY, weights=tmp_path, cache=tmp_path)
    request = GenerationRequest(
        prompts=("waves",), seconds=3, width=32, height=32, controls=ControlTokens(high_quality=False, duration=False)
    )

    text, chunks = timed_chunks(pipeline, request)

    assert text > 0
    assert len(chunks) == 3
    assert all(chunk.denoise > 0 and chunk.decode > 0 for chunk in chunks)


def test_the_first_wait_is_the_sum_of_its_parts(tmp_path):
    figures = {
        figure.name.partition(": ")[2]: figure.value for figure in measure_clip(QUICK, TINY, tmp_path, threads=0)
    }

    parts = sum(figures[f"first chunk, of that {part}"] for part in ("text", "denoise", "decode"))
    assert figures["first chunk"] == pytest.approx(parts)
    assert figures["load"] > 0
    assert figures["encode a second of a prefix"] > 0
