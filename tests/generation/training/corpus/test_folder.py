"""Real clips come with their words; what cannot be used is skipped, counted and explained."""

import io
import json
import logging

import av
import numpy as np
import pytest
import torch

from generation.contract.requests import Fit
from generation.errors import ConfigError, RequestError
from generation.training.corpus.folder import FolderCorpus, FolderCorpusConfig


def clip_bytes(seconds=2, *, fps=24, size=(48, 32), offset=0):
    """A clip whose frame t is grey 40 + 2 t."""
    file = io.BytesIO()
    output = av.open(file, "w", format="mp4")
    stream = output.add_stream("libx264", rate=fps, width=size[0], height=size[1], pix_fmt="yuv420p")
    stream.options = {"crf": "10"}
    for number in range(int(seconds * fps)):
        picture = np.full((size[1], size[0], 3), 40 + offset + 2 * number, dtype=np.uint8)
        output.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
    output.mux(stream.encode(None))
    output.close()
    return file.getvalue()


@pytest.fixture
def folder(tmp_path):
    """Three good clips, one of them in a subfolder; a cut one, one without words, and one that is no clip."""
    (tmp_path / "more").mkdir()
    whole = clip_bytes()
    (tmp_path / "a.mp4").write_bytes(whole)
    (tmp_path / "b.mp4").write_bytes(clip_bytes(4, offset=5))
    (tmp_path / "more" / "c.mp4").write_bytes(whole)
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "silent.mp4").write_bytes(whole)
    (tmp_path / "noise.avi").write_bytes(b"no clip at all" * 100)
    for name in ("a", "cut", "noise"):
        (tmp_path / f"{name}.txt").write_text(f"words of {name}")
    lines = [
        {"file": "b.mp4", "caption": "words of b", "second_captions": ["one", "two", "three", "four"]},
        {"file": "more/c.mp4", "caption": "words of c"},
    ]
    (tmp_path / "captions.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    (tmp_path / "README.md").write_text("no clip")
    return tmp_path


def make(folder, **fields):
    return FolderCorpus(FolderCorpusConfig(folder=folder, **{"height": 32, "width": 32, "frames": 24, **fields}))


def test_good_clips_are_found_and_the_others_counted_with_reasons(folder, caplog):
    with caplog.at_level(logging.WARNING):
        corpus = make(folder)

    assert len(corpus) == 3
    reasons = {clip.name: clip.reason for clip in corpus.skipped}
    assert set(reasons) == {"cut.mp4", "noise.avi", "silent.mp4"}
    assert "no caption: neither silent.txt nor a line in captions.jsonl" in reasons["silent.mp4"]
    assert "skipped noise.avi" in caplog.text


def test_samples_go_round_the_clips_with_their_words(folder):
    corpus = make(folder)

    captions = [corpus.sample(index).caption for index in range(6)]

    assert captions == ["words of a", "words of b", "words of c"] * 2


def test_a_sample_is_a_stretch_of_its_clip_from_a_whole_second(folder):
    corpus = make(folder)
    starts = set()
    for index in range(1, 40, 3):
        sample = corpus.sample(index)
        assert sample.frames.shape == (24, 32, 32, 3)
        assert sample.frames.dtype == torch.uint8
        start = round((float(sample.frames[0].float().mean()) - 45) / 48)
        expected = 45 + 2 * torch.arange(24 * start, 24 * start + 24)
        assert (sample.frames.float().mean(dim=(1, 2, 3)) - expected).abs().max() < 3
        assert sample.second_captions == (("one", "two", "three", "four")[start],)
        starts.add(start)
    assert len(starts) >= 3


def test_a_sample_is_the_same_again(folder):
    assert torch.equal(make(folder).sample(7).frames, make(folder).sample(7).frames)


def test_a_batch_is_its_samples(folder):
    corpus = make(folder)

    batch = corpus.batch((1, 2))

    assert batch.captions == ("words of b", "words of c")
    assert batch.truths == (None, None)
    assert torch.equal(batch.frames[0], corpus.sample(1).frames)


def test_other_rates_come_out_at_24(tmp_path):
    (tmp_path / "a.mp4").write_bytes(clip_bytes(2, fps=12))
    (tmp_path / "a.txt").write_text("words")

    frames = make(tmp_path).sample(0).frames

    assert (frames.float().mean(dim=(1, 2, 3)).diff() > 0.5).float().mean() == pytest.approx(0.5, abs=0.05)


def test_pictures_are_cropped_not_stretched(tmp_path):
    file = io.BytesIO()
    output = av.open(file, "w", format="mp4")
    stream = output.add_stream("libx264", rate=24, width=96, height=32, pix_fmt="yuv420p")
    picture = np.zeros((32, 96, 3), dtype=np.uint8)
    picture[:, 32:64] = 255
    for _ in range(24):
        output.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
    output.mux(stream.encode(None))
    output.close()
    (tmp_path / "a.mp4").write_bytes(file.getvalue())
    (tmp_path / "a.txt").write_text("words")

    assert make(tmp_path, fit=Fit.CROP).sample(0).frames.float().mean() > 240


def test_a_clip_that_breaks_later_is_skipped_and_the_next_one_used(folder):
    corpus = make(folder)
    before = len(corpus.skipped)
    (folder / "a.mp4").write_bytes(b"gone")

    assert corpus.sample(0).caption == "words of b"
    assert corpus.sample(2).caption == "words of c"
    assert len(corpus.skipped) == before + 1


def test_clips_that_are_too_short_are_skipped(tmp_path):
    for name, seconds in (("a", 0.5), ("b", 1.5)):
        (tmp_path / f"{name}.mp4").write_bytes(clip_bytes(seconds))
        (tmp_path / f"{name}.txt").write_text(f"words of {name}")
    corpus = make(tmp_path)

    assert corpus.sample(0).caption == "words of b"
    assert "too few frames: got 12 of 24" in corpus.skipped[0].reason


def test_when_nothing_can_be_read_any_more_it_says_why(tmp_path):
    (tmp_path / "a.mp4").write_bytes(clip_bytes(0.5))
    (tmp_path / "a.txt").write_text("words")

    with pytest.raises(RequestError, match=r"no clip in .* can be read any more; 1 skipped \(a.mp4: too few frames"):
        make(tmp_path).sample(0)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(RequestError, match="got no usable clip; 0 skipped"):
        make(tmp_path)


def test_a_folder_of_broken_clips_says_what_was_skipped(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"nothing")
    (tmp_path / "a.txt").write_text("words")

    with pytest.raises(RequestError, match=r"got no usable clip; 1 skipped \(a.mp4: "):
        make(tmp_path)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(RequestError, match="must be a folder with video files, got none"):
        make(tmp_path / "nowhere")


def test_a_wrong_caption_file_stops_everything(folder):
    (folder / "captions.jsonl").write_text("{")

    with pytest.raises(RequestError, match=r"captions\.jsonl, line 1"):
        make(folder)


def test_wrong_numbers_are_refused(folder):
    with pytest.raises(ConfigError, match="frames must be at least 1, got 0"):
        make(folder, frames=0)
    with pytest.raises(RequestError, match="index must be at least 0, got -1"):
        make(folder).sample(-1)
    with pytest.raises(RequestError, match="one or more numbers"):
        make(folder).batch(())
