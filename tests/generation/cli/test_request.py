"""What the flags ask for."""

import os

import pytest
from PIL import Image

from generation.cli.arguments import build_parser
from generation.cli.model_choice import choose_model
from generation.cli.request import build_request, check_output
from generation.contract.requests import ClipEnd, Fit
from generation.errors import MediaError, RequestError, StorageError
from tests.support.pipelines import write_clip


@pytest.fixture
def build(tmp_path):
    def built(*flags):
        arguments = build_parser().parse_args([str(flag) for flag in flags])
        return build_request(arguments, choose_model(arguments, cache=tmp_path))

    return built


@pytest.fixture
def clip(tmp_path):
    return write_clip(tmp_path / "clip.mp4", frames=4, size=(80, 48))


def test_words_alone_make_a_clip_as_the_model_likes_it(build):
    request = build("--prompt", "waves")

    assert (request.prompts, request.seconds, request.width, request.height) == (("waves",), 3, 256, 256)
    assert (request.seed, request.fit, request.clip_end) == (1234, Fit.CROP, ClipEnd.LAST)


def test_as_many_seconds_as_prompts(build):
    assert build("--prompt", "a", "--prompt", "b", "--prompt", "c").seconds == 3


def test_picture_gives_the_clip_its_shape(build, picture):
    request = build("--prompt", "waves", "--image_path", picture)

    assert (request.width, request.height) == (320, 224)
    assert request.image_path == str(picture)


def test_picture_of_a_shape_that_no_clip_has_is_said(build, tmp_path):
    Image.new("RGB", (20_000, 10)).save(tmp_path / "wide.png")

    with pytest.raises(RequestError, match=r"at most 4096 px, got 20000x10, .* cut it first"):
        build("--prompt", "waves", "--image_path", tmp_path / "wide.png")


def test_clip_gives_the_clip_its_shape(build, clip):
    request = build("--prompt", "waves", "--prefix_video_path", clip)

    assert (request.width, request.height, request.prefix_seconds) == (320, 192, 2)


def test_reference_policy_stretches_as_released(build):
    assert build("--prompt", "a", "--policy", "reference").fit is Fit.STRETCH
    assert build("--prompt", "a", "--policy", "reference", "--fit", "pad").fit is Fit.PAD


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ((), "say what happens"),
        (("--prompt", ""), "prompt 1 must say what happens"),
        (("--prompt", "  \n "), "prompt 1 must say what happens"),
        (("--prompt", "x" * 2**20), "at most 4000 characters, got 1048576"),
        (("--prompt", "a\udc80"), "valid Unicode"),
        (("--prompt", "a", "--seconds", 0), "seconds must be a whole number in 1..10, got 0"),
        (("--prompt", "a", "--seconds", 11), "seconds must be a whole number in 1..10, got 11"),
        (("--prompt", "a", "--seconds", -1), "seconds must be"),
        (("--prompt", "a", "--prompt", "b", "--seconds", 3), "one per second"),
        (("--prompt", "a", "--seed", -1), "seed must be"),
        (("--prompt", "a", "--seed", 2**63), "seed must be"),
        (("--prompt", "a", "--width", -64, "--height", 64), "width must be"),
        (("--prompt", "a", "--width", 64, "--height", 0), "height must be"),
        (("--prompt", "a", "--width", 5000, "--height", 64), "width must be"),
        (("--prompt", "a", "--width", 64), "give both or neither"),
        (("--prompt", "a", "--mode", "i2v"), "--mode i2v needs --image_path FILE"),
        (("--prompt", "a", "--mode", "v2v"), "--mode v2v needs --prefix_video_path FILE"),
        (("--prompt", "a", "--mode", "t2v", "--image_path", "x"), "does not go with --mode t2v"),
        (("--prompt", "a", "--mode", "v2v", "--image_path", "x"), "needs --prefix_video_path"),
        (("--prompt", "a", "--image_path", "x", "--prefix_video_path", "y"), "a picture or from a clip"),
        (("--prompt", "a", "--image_path", "nowhere.png"), "found none at nowhere.png"),
        (("--prompt", "a", "--image_path", "/dev/zero"), "must be a file"),
        (("--prompt", "a", "--prefix_seconds", 3), "--prefix_video_path FILE"),
    ],
)
def test_what_cannot_be_made_is_said(build, flags, words):
    with pytest.raises(RequestError) as raised:
        build(*flags)

    assert words in str(raised.value)


@pytest.mark.parametrize("flag", [("--prefix_end", "last"), ("--prefix_seconds", "3")])
def test_reference_policy_does_not_choose_what_it_sees(build, clip, flag):
    with pytest.raises(RequestError, match="policy seamless"):
        build("--prompt", "a", "--prefix_video_path", clip, "--policy", "reference", *flag)


@pytest.mark.parametrize("flag", ["--image_path", "--prefix_video_path"])
def test_unreadable_media_are_refused_before_anything_is_loaded(build, tmp_path, flag):
    (tmp_path / "noise").write_bytes(bytes(range(256)) * 64)

    with pytest.raises(MediaError):
        build("--prompt", "a", flag, tmp_path / "noise")


def test_output_is_an_mp4_in_a_folder_that_exists(tmp_path):
    assert check_output(tmp_path / "clip.MP4", inputs=(None, None)) == tmp_path / "clip.MP4"
    (tmp_path / "folder.mp4").mkdir()
    for wrong in (None, tmp_path / "clip.avi", tmp_path / "clip", tmp_path / "folder.mp4"):
        with pytest.raises(RequestError, match="--output_path"):
            check_output(wrong, inputs=())
    with pytest.raises(StorageError, match=r"make .* first"):
        check_output(tmp_path / "missing/clip.mp4", inputs=())
    with pytest.raises(RequestError, match="--resume must be the name"):
        check_output(tmp_path / "folder.mp4", inputs=(), flag="--resume")


def test_output_folder_that_is_read_only_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)

    with pytest.raises(StorageError, match="written to"):
        check_output(tmp_path / "clip.mp4", inputs=())


def test_input_is_never_overwritten(tmp_path, clip):
    (tmp_path / "link.mp4").symlink_to(clip)

    for output in (clip, tmp_path / "link.mp4"):
        with pytest.raises(RequestError, match="must not be the file"):
            check_output(output, inputs=(None, str(clip)))
