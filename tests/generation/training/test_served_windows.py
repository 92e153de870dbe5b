"""What a decoder is trained on is what the engine decodes."""

import pytest
import torch

from generation.config import ChunkPolicy
from generation.training.frames import to_frames, to_video
from generation.training.served_windows import draw_neighbours, draw_window, served_latents
from generation.vae.codec import FrameCodec
from tests.support.training import VAE, clips, generator, tiny_trained_vae


def windows_of(video):
    vae = tiny_trained_vae()
    latents, found = served_latents(vae, video), {}
    for seed in range(24):
        window = draw_window(latents, vae.config, generator(seed))
        found[window.shown.start] = window
    return vae, found


def test_windows_put_together_are_the_second_that_is_served():
    frames = clips(0, count=1, frames=24).frames
    vae, windows = windows_of(to_video(frames))
    codec = FrameCodec(vae, ChunkPolicy.SEAMLESS)
    still, clip = codec.encode(frames[0, :1]), codec.encode(frames[0])
    served = codec.decode_chunk(torch.cat([still, clip[:, :, 1:]], dim=2))

    parts = [windows[start] for start in sorted(windows)]

    assert [part.shown for part in parts] == [slice(0, 8), slice(8, 16), slice(16, 24)]
    decoded = torch.cat([vae.decoder(part.latents)[:, :, part.kept] for part in parts], dim=2)
    assert torch.equal(to_frames(decoded)[0], served)


def test_a_picture_is_a_second_at_rest():
    frames = clips(0, count=2, frames=24).frames[:, :1]
    vae = tiny_trained_vae()
    codec = FrameCodec(vae, ChunkPolicy.SEAMLESS)

    window = draw_window(served_latents(vae, to_video(frames)), vae.config, generator())

    assert (window.kept, window.shown) == (slice(0, 4), slice(0, 1))
    served = codec.decode_chunk(codec.encode(frames[0]).expand(-1, -1, 6, -1, -1))
    assert torch.equal(to_frames(vae.decoder(window.latents)[:1, :, window.kept])[0], served[:4])


def test_ends_of_seconds_are_drawn_half_of_the_time():
    latents = torch.zeros(1, 4, 6, 2, 2)

    drawn = [draw_window(latents, VAE, generator(seed)).shown.start for seed in range(400)]

    assert drawn.count(16) == pytest.approx(200, abs=40)
    assert drawn.count(0) == pytest.approx(100, abs=40)


def test_windows_side_by_side_are_those_of_a_second_or_of_the_joint_of_two():
    latents = torch.arange(6.0).view(1, 1, 6, 1, 1)
    found = {}
    for seed in range(400):
        left, right = draw_neighbours(latents, VAE, generator(seed))
        order = (tuple(left.latents.flatten().tolist()), tuple(right.latents.flatten().tolist()))
        found.setdefault(order, []).append((left, right))

    ends = {(0, 1, 2, 2), (1, 2, 3, 4)}, {(2, 3, 4, 5), (1, 2, 3, 4), (3, 4, 5, 5)}
    assert {left for left, _ in found} == ends[0] | {(0, 1, 2, 3)}
    assert {right for _, right in found} == ends[1]
    joint = found[(0, 1, 2, 2), (2, 3, 4, 5)]
    assert len(joint) == pytest.approx(160, abs=40)
    # Next to one another, as a second's last window and the first of the one that follows.
    for pairs in found.values():
        left, right = pairs[0]
        assert left.shown.stop == right.shown.start
        assert right.shown.stop - right.shown.start == right.kept.stop - right.kept.start == 8


def test_the_joint_inside_a_second_is_as_the_joint_of_two():
    frames = clips(0, count=1, frames=48).frames
    vae = tiny_trained_vae()
    codec = FrameCodec(vae, ChunkPolicy.SEAMLESS)
    # What is half a second later begins where the second second does.
    later = torch.cat([frames[:, 12:24], frames[:, 24:36]], dim=1)
    for seed in range(24):
        left, right = draw_neighbours(codec.encode(later[0]), vae.config, generator(seed))
        if right.shown == slice(12, 20):
            break
    whole = codec.encode(frames[0])

    end = codec.decode_chunk(whole[:, :, :6])[-8:]
    begin = codec.decode_chunk(whole[:, :, 6:], left_context=whole[:, :, 5:6])[:8]

    shown = [to_frames(vae.decoder(window.latents)[:, :, window.kept])[0] for window in (left, right)]
    assert torch.equal(shown[0], end)
    assert torch.equal(shown[1], begin)
