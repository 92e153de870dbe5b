"""Joints of seconds as the engine would show them."""

import pytest
import torch

from generation.config import ChunkPolicy, SamplingConfig
from generation.errors import ConfigError, RequestError, WeightsError
from generation.training.made_joints import MadeJoints, write_made_joints
from generation.training.served_model import ServedModel
from generation.vae.codec import FrameCodec
from tests.support.training import clips, generator, tiny_model, tiny_trained_vae

SAMPLING = SamplingConfig(num_steps=2, window_size=1, guidance_passes=3, attention_span_by_stage=(2,))
MAKER = ServedModel(model=tiny_model(), sampling=SAMPLING, latent_scale=1.5)


def make(folder, *, maker=MAKER, shards=2, frames=48, stop=lambda: False):
    return write_made_joints(
        folder, tiny_trained_vae(), maker, lambda shard: clips(shard, count=3, frames=frames, side=32), shards=shards,
        should_stop=stop,
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("joints")
    assert make(path) == 2
    return path


def whole(folder, seed):
    return MadeJoints(folder).draw(1, 32, 32, 8, generator(seed))


def test_what_is_drawn_is_what_the_engine_shows_of_the_made_second(folder):
    joints = MadeJoints(folder)
    codec = FrameCodec(tiny_trained_vae(), ChunkPolicy.SEAMLESS)

    batch = joints.draw(1, 32, 32, 8, generator())

    assert len(joints) == 6
    # The chunk that follows begins with the made half; what comes later changes none of its first frames.
    chunk = torch.cat([batch.made, batch.made], dim=2)
    served = codec.decode_chunk(chunk, batch.before[:, :, -1:])[:8]
    difference = (served.int() - batch.drawn[0].int()).abs()
    # The made latents were rounded to bfloat16 after they were drawn.
    assert difference.max() <= 2


def test_frames_and_latents_are_those_around_the_border_of_two_seconds(folder):
    codec = FrameCodec(tiny_trained_vae(), ChunkPolicy.SEAMLESS)
    known = [clips(shard, count=3, side=32).frames for shard in (0, 1)]
    frames = torch.cat(known)

    batch = whole(folder, 5)

    (place,) = [number for number, clip in enumerate(frames) if torch.equal(clip[16:32], batch.frames[0])]
    latents = codec.encode(frames[place])
    torch.testing.assert_close(batch.before, latents[:, :, 3:6].float(), atol=2e-2, rtol=1e-2)  # bfloat16 on disk
    torch.testing.assert_close(batch.after, latents[:, :, 6:9].float(), atol=2e-2, rtol=1e-2)
    assert not torch.allclose(batch.made, batch.after, atol=0.1)


def test_pieces_are_cut_from_pixels_and_latents_alike(folder):
    for seed in range(8):
        piece = MadeJoints(folder).draw(1, 16, 8, 8, generator(seed))
        # The same draw of a clip, cut nowhere.
        full = MadeJoints(folder).draw(1, 32, 32, 8, generator(seed))

        places = [
            (row, column)
            for row in range(3)
            for column in range(4)
            if torch.equal(full.frames[:, :, 8 * row : 8 * row + 16, 8 * column : 8 * column + 8], piece.frames)
        ]
        assert len(places) == 1
        row, column = places[0]
        assert torch.equal(full.made[..., row : row + 2, column : column + 1], piece.made)
        assert torch.equal(full.drawn[:, :, 8 * row : 8 * row + 16, 8 * column : 8 * column + 8], piece.drawn)


def test_interrupted_work_goes_on_and_ends_alike(folder, tmp_path):
    asked = []

    def stop():
        asked.append(None)
        return len(asked) > 4

    assert make(tmp_path, stop=stop) == 1
    assert make(tmp_path) == 2

    for path in folder.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_joints_of_another_model_are_made_again(folder, tmp_path):
    other = ServedModel(model=tiny_model(seed=9), sampling=SAMPLING, latent_scale=1.5)
    make(tmp_path, shards=1, maker=other)
    before = (tmp_path / "00000.safetensors").read_bytes()

    make(tmp_path, shards=1)

    assert (tmp_path / "00000.safetensors").read_bytes() != before
    assert (tmp_path / "00000.safetensors").read_bytes() == (folder / "00000.safetensors").read_bytes()


def test_clips_of_another_length_are_refused(tmp_path):
    with pytest.raises(RequestError, match="clips of 2 s, got 24 frames"):
        make(tmp_path, frames=24)


@pytest.mark.parametrize(("height", "width"), [(40, 24), (12, 24)])
def test_pieces_that_do_not_fit_are_refused(folder, height, width):
    with pytest.raises(ConfigError, match=f"at most 32x32, got {width}x{height}"):
        MadeJoints(folder).draw(1, height, width, 8, generator())


def test_a_folder_without_joints_is_refused(tmp_path):
    with pytest.raises(RequestError, match="must hold joints"):
        MadeJoints(tmp_path)


def test_a_damaged_shard_is_named(folder, tmp_path):
    (tmp_path / "00000.safetensors").write_bytes((folder / "00000.safetensors").read_bytes()[:200])

    with pytest.raises(WeightsError, match=r"00000\.safetensors is damaged"):
        MadeJoints(tmp_path)
