"""Clips of any size from a corpus or a folder."""

import pytest
import torch

from generation.errors import RequestError
from generation.training.clip_sources import ClipShape, FolderClips, ProceduralClips
from generation.training.corpus.config import CorpusConfig
from generation.training.frames import to_frames, to_video

WIDE = ClipShape(batch=2, frames=4, height=16, width=32)
PICTURE = ClipShape(batch=2, frames=1, height=32, width=16)


@pytest.fixture(scope="module")
def source():
    config = CorpusConfig(height=16, width=16, frames=4, canvas_size=64, pool_size=2)
    return ProceduralClips(config, device=torch.device("cpu"))


def test_procedural_clips_come_in_the_shape_asked_for(source):
    assert source(WIDE, [3, 4]).shape == (2, 4, 16, 32, 3)
    assert source(PICTURE, [3]).shape == (1, 1, 32, 16, 3)
    assert source(WIDE, [3]).dtype == torch.uint8


def test_same_numbers_give_the_same_clips(source):
    together = source(WIDE, [5, 6])

    assert torch.equal(together[1:], source(WIDE, [6]))
    assert not torch.equal(together[0], together[1])


def test_folder_without_clips_is_refused(tmp_path):
    with pytest.raises(RequestError, match="video files"):
        FolderClips(tmp_path, seed=0)(WIDE, [0])


def test_frames_survive_the_way_to_numbers_and_back():
    frames = torch.arange(2 * 3 * 4 * 4 * 3, dtype=torch.int32).view(2, 3, 4, 4, 3).to(torch.uint8)

    video = to_video(frames)

    assert video.shape == (2, 3, 3, 4, 4)
    assert video.min() >= -1
    assert video.max() <= 1
    assert torch.equal(to_frames(video), frames)
