"""Sample i is the same bytes whatever the batch, the order, the threads or what was asked before."""

import subprocess
import sys
from dataclasses import replace
from hashlib import sha256

import pytest
import torch

from generation.errors import ConfigError, RequestError
from generation.training.corpus.captions import plain_caption
from generation.training.corpus.config import CorpusConfig
from generation.training.corpus.procedural import ProceduralCorpus


def test_a_sample_has_frames_words_and_truth(small_corpus):
    sample = small_corpus.sample(5)

    assert sample.frames.shape == (24, 40, 48, 3)
    assert sample.frames.dtype == torch.uint8
    assert sample.frames.is_contiguous()
    assert sample.caption
    assert len(sample.second_captions) == 1
    assert sample.truth == small_corpus.plan(5).truth


def test_a_batch_is_its_samples(small_corpus):
    batch = small_corpus.batch([4, 9, 2])

    assert batch.frames.shape == (3, 24, 40, 48, 3)
    for place, index in enumerate((4, 9, 2)):
        sample = small_corpus.sample(index)
        assert torch.equal(batch.frames[place], sample.frames)
        assert batch.captions[place] == sample.caption
        assert batch.second_captions[place] == sample.second_captions
        assert batch.truths[place] == sample.truth


def test_large_batches_on_a_device_give_the_same_bytes(small_config, small_corpus):
    other = ProceduralCorpus(small_config)
    other._clips_at_once = 64

    assert torch.equal(other.batch(range(8)).frames, small_corpus.batch(range(8)).frames)


def test_order_and_history_do_not_matter(small_config, small_corpus):
    fresh = ProceduralCorpus(small_config)
    fresh.batch([700, 3])

    assert torch.equal(fresh.sample(6).frames, small_corpus.sample(6).frames)


def test_threads_and_processes_do_not_matter(small_corpus):
    code = (
        "import torch, hashlib; torch.set_num_threads(2)\n"
        "from generation.training.corpus.config import CorpusConfig\n"
        "from generation.training.corpus.procedural import ProceduralCorpus\n"
        "config = CorpusConfig(height=40, width=48, frames=24, seed=3, canvas_size=128, pool_size=2)\n"
        "corpus = ProceduralCorpus(config)\n"
        "print(hashlib.sha256(corpus.batch(range(6)).frames.numpy().tobytes()).hexdigest())"
    )

    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert printed.strip() == sha256(small_corpus.batch(range(6)).frames.numpy().tobytes()).hexdigest()


def test_corpora_of_several_sizes_share_canvases(small_config, small_corpus):
    wide = ProceduralCorpus(replace(small_config, width=64), canvases=small_corpus.canvases)
    alone = ProceduralCorpus(replace(small_config, width=64))

    assert wide.canvases is small_corpus.canvases
    assert torch.equal(wide.sample(2).frames, alone.sample(2).frames)
    with pytest.raises(ConfigError, match="must have the corpus's seed"):
        ProceduralCorpus(replace(small_config, seed=9), canvases=small_corpus.canvases)


def test_seeds_differ(small_config, small_corpus):
    other = ProceduralCorpus(replace(small_config, seed=4))

    assert not torch.equal(other.sample(0).frames, small_corpus.sample(0).frames)


def test_consecutive_samples_differ(small_corpus):
    digests = {sha256(clip.numpy().tobytes()).hexdigest() for clip in small_corpus.batch(range(16)).frames}

    assert len(digests) == 16


@pytest.mark.parametrize(("height", "width", "frames"), [(8, 64, 1), (57, 33, 25), (64, 16, 48)])
def test_any_size_aspect_and_length(height, width, frames):
    config = CorpusConfig(height=height, width=width, frames=frames, canvas_size=128, pool_size=1)

    sample = ProceduralCorpus(config).sample(0)

    assert sample.frames.shape == (frames, height, width, 3)
    assert len(sample.second_captions) == -(-frames // 24)


def test_ten_seconds_can_be_made():
    corpus = ProceduralCorpus(CorpusConfig(height=16, width=16, frames=240, canvas_size=128, pool_size=2))

    batch = corpus.batch(range(4))

    assert batch.frames.shape == (4, 240, 16, 16, 3)
    assert all(len(texts) == 10 for texts in batch.second_captions)


@pytest.mark.parametrize("indices", [[], [-1], [3, -2]])
def test_wrong_indices_are_refused(small_corpus, indices):
    with pytest.raises(RequestError, match="at least 0"):
        small_corpus.batch(indices)


@pytest.mark.gpu
def test_cpu_and_gpu_agree_to_rounding(small_config, small_corpus):
    on_device = ProceduralCorpus(small_config, device="cuda").batch(range(8))
    here = small_corpus.batch(range(8))

    difference = (on_device.frames.cpu().float() - here.frames.float()).abs()
    assert on_device.captions == here.captions
    assert on_device.truths == here.truths
    assert difference.mean() < 0.5


def test_plain_captions_are_the_same_for_the_clip_and_its_seconds():
    corpus = ProceduralCorpus(
        CorpusConfig(
            height=16, width=16, canvas_size=64, frames=48, pool_size=1, plain_captions=True, change_share=0,
            sprite_counts=(1, 0, 0, 0),
        )
    )  # fmt: skip

    batch = corpus.batch((0, 1))

    assert batch.captions == tuple(plain_caption(truth) for truth in batch.truths)
    assert batch.second_captions == tuple((caption,) * 2 for caption in batch.captions)
