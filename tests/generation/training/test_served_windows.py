"""What a decoder is trained on is what the engine decodes."""

import pytest
import torch

from generation.config import ChunkPolicy
from generation.training.frames import to_frames, to_video
from generation.training.served_windows import draw_window, served_latents
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
