"""Where takes start: pictures, stored latents up to a cut, frames encoded again."""

import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from generation.contract.messages import CutLatents, CutVideo
from generation.errors import RequestError
from generation.serving.latents_file import read_latents
from generation.serving.origin import prefix_latents
from generation.serving.take_state import frame_size
from tests.support.serving import SPEC, Bench


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


@pytest.fixture
def parent(bench):
    """A finished take: its chunks' latents, and its fragments."""
    done = bench.run("parent")
    return [answer.latents_key for answer in done if answer.chunk_index >= 0], bench.decode("parent", done)


def prefix(bench, **origin):
    spec = replace(SPEC, **origin)
    return prefix_latents(bench.pipeline, bench.store, spec, frame_size(bench.pipeline, spec))


def test_text_alone_has_no_prefix(bench):
    assert prefix(bench) is None


def test_a_picture_is_one_latent_frame(bench):
    file = io.BytesIO()
    Image.fromarray(np.full((30, 60, 3), 128, np.uint8)).save(file, "PNG")
    bench.store.put("picture", file.getvalue())

    assert prefix(bench, image_key="picture").shape[2] == 1


def test_a_cut_between_latents_takes_the_stored_ones_back_from_it(bench, parent):
    keys, _ = parent
    whole = torch.cat([read_latents(bench.store, key) for key in keys], dim=2)

    found = prefix(bench, latents=CutLatents(chunk_keys=tuple(keys), latent_frames=15))

    assert torch.equal(found, whole[:, :, 3:15])


def test_less_than_a_second_of_stored_latents_is_refused(bench, parent):
    with pytest.raises(RequestError, match=r"a cut must lie 6\.\.18 latent frames"):
        prefix(bench, latents=CutLatents(chunk_keys=tuple(parent[0]), latent_frames=5))


def test_another_size_cannot_be_continued(bench, parent):
    cut = CutLatents(chunk_keys=tuple(parent[0]), latent_frames=6)

    with pytest.raises(RequestError, match="must have the size of the clip before it"):
        prefix(bench, latents=cut, width=96)


def cut_video(decoded, frames):
    return CutVideo(
        init_key=decoded[0].init_key,
        fragment_keys=tuple(chunk.fragment_key for chunk in decoded[: -(-frames // 24)]),
        frames=frames,
    )


@pytest.mark.parametrize(("frames", "latent_frames"), [(71, 12), (47, 6), (25, 6), (23, 1), (1, 1)])
def test_other_cuts_encode_the_last_whole_seconds_or_the_cut_frame(bench, parent, frames, latent_frames):
    found = prefix(bench, video=cut_video(parent[1], frames))

    assert found.shape[2] == latent_frames


def test_two_origins_are_refused(bench):
    with pytest.raises(RequestError, match="a take starts from one thing"):
        prefix(bench, image_key="a", video=CutVideo(init_key="b", fragment_keys=("c",), frames=1))


def test_a_continuation_is_a_whole_take_with_a_context_to_decode_after(bench, parent):
    spec = replace(SPEC, latents=CutLatents(chunk_keys=tuple(parent[0]), latent_frames=18))

    done = bench.run("child", spec)

    assert [answer.chunk_index for answer in done if answer.chunk_index >= 0] == [0, 1, 2]
    assert done[0].context_key
    assert len(bench.decode("child", done, spec)) == 3
