"""What a clip starts from, and how many chunks come of it."""

import pytest

from generation.config import ChunkPolicy
from generation.contract.requests import ClipEnd
from generation.errors import MediaError
from generation.pipeline.clip_warnings import ShortPrefixWarning
from generation.pipeline.prefix import plan_prefix
from generation.pipeline.sizes import FrameSize
from tests.support.pipelines import SIZE_MULTIPLE, write_clip


@pytest.fixture
def plan(pipeline, reference_pipeline):
    """Plans the prefix of a request under a policy."""

    def prefix(request, policy=ChunkPolicy.SEAMLESS):
        made = pipeline if policy is ChunkPolicy.SEAMLESS else reference_pipeline
        size = FrameSize.of(request.width, request.height, multiple=SIZE_MULTIPLE)
        return plan_prefix(request, size, made.codec, policy=policy, chunk_latent_frames=6)

    return prefix


def test_words_alone_have_no_prefix(plan, ask):
    prefix = plan(ask(seconds=3))

    assert prefix.latents is None
    assert prefix.num_chunks == 3
    assert prefix.context(6) is None


def test_picture_is_the_first_latent_of_the_first_chunk(plan, ask, picture):
    prefix = plan(ask(image_path=picture))

    assert prefix.latents.shape == (1, 4, 1, 6, 8)
    assert prefix.num_chunks == 2
    assert prefix.context(6) is None


def test_clip_is_whole_chunks_before_the_first(plan, ask, tmp_path):
    clip = write_clip(tmp_path / "clip.mp4", frames=60)

    prefix = plan(ask(video_path=str(clip), prefix_seconds=2))

    assert prefix.latents.shape[2] == 12
    assert prefix.num_chunks == 2
    assert prefix.context(6).shape[2] == 12


def test_clip_of_a_second_and_a_half_gives_its_last_second(plan, ask, tmp_path):
    clip = str(write_clip(tmp_path / "clip.mp4", frames=36))

    assert plan(ask(video_path=clip)).latents.equal(plan(ask(video_path=clip, prefix_seconds=1)).latents)


def test_beginning_of_a_clip_can_be_continued(plan, ask, tmp_path):
    clip = str(write_clip(tmp_path / "clip.mp4", frames=48))
    ends = [plan(ask(video_path=clip, prefix_seconds=1, clip_end=end)).latents for end in (ClipEnd.FIRST, ClipEnd.LAST)]

    assert not ends[0].equal(ends[1])


def test_clip_shorter_than_a_second_is_continued_from_its_last_frame_and_told(plan, ask, tmp_path):
    clip = write_clip(tmp_path / "clip.mp4", frames=20)

    prefix = plan(ask(video_path=str(clip)))

    assert prefix.latents.shape[2] == 1
    assert prefix.warnings == (ShortPrefixWarning(frames=20),)
    assert "20 of the 24 frames" in prefix.warnings[0].message


# Spec vae §3.5: chunks that the released code makes of 96 frames.
def test_reference_counts_chunks_as_released(plan, ask, picture, tmp_path):
    clip = str(write_clip(tmp_path / "clip.mp4", frames=48))
    four = {"seconds": 4}
    requests = (ask(**four), ask(**four, image_path=picture), ask(**four, video_path=clip))

    prefixes = [plan(request, ChunkPolicy.REFERENCE) for request in requests]

    assert [prefix.num_chunks for prefix in prefixes] == [4, 5, 5]
    assert [0 if prefix.latents is None else prefix.latents.shape[2] for prefix in prefixes] == [0, 1, 8]


def test_reference_sees_the_first_32_frames(plan, ask, tmp_path):
    clip = str(write_clip(tmp_path / "clip.mp4", frames=48))
    ends = [
        plan(ask(video_path=clip, prefix_seconds=seconds, clip_end=end), ChunkPolicy.REFERENCE).latents
        for seconds, end in ((2, ClipEnd.LAST), (1, ClipEnd.FIRST))
    ]

    assert ends[0].equal(ends[1])


@pytest.mark.parametrize("field", ["image_path", "video_path"])
def test_what_is_no_picture_and_no_clip_is_refused(plan, ask, field, tmp_path):
    (tmp_path / "noise").write_bytes(bytes(range(256)) * 40)

    with pytest.raises(MediaError):
        plan(ask(**{field: str(tmp_path / "noise")}))
