import io
import os
from pathlib import Path

import av
import numpy as np
import pytest

from generation.contract.requests import GenerationRequest
from generation.errors import MediaError, StorageError
from generation.media import movie as movie_module
from generation.media.boxes import read_boxes
from generation.media.fragments import encode_fragment
from generation.media.movie import finish_movie, write_movie
from generation.media.recipe import Recipe, read_recipe, read_tags
from generation.media.video import read_all


@pytest.fixture(scope="module")
def take(moving_frames):
    frames = moving_frames(240)
    fragments = [encode_fragment(frames[24 * i : 24 * i + 24], index=i, start_frame=24 * i) for i in range(10)]
    return frames, fragments


def parts(fragments):
    return fragments[0].init, [fragment.media for fragment in fragments]


@pytest.mark.parametrize("chunks", [1, 4, 10])
def test_a_movie_holds_every_frame_once_and_starts_to_play_at_once(take, chunks):
    frames, fragments = take

    data = finish_movie(*parts(fragments[:chunks]), {})

    kinds = [box.kind for box in read_boxes(data)]
    assert kinds.index("moov") < kinds.index("mdat")
    with av.open(io.BytesIO(data)) as movie:
        stream = movie.streams.video[0]
        packets = [packet for packet in movie.demux(stream) if packet.size]
        assert stream.frames == 24 * chunks
        assert stream.duration * stream.time_base == chunks
        assert stream.average_rate == 24
    assert [number for number, packet in enumerate(packets) if packet.is_keyframe] == list(range(0, 24 * chunks, 24))
    times = [packet.pts * packet.time_base * 24 for packet in packets]
    assert times == list(range(24 * chunks))
    decoded = read_all(data)
    assert decoded.shape == (24 * chunks, 48, 64, 3)
    assert np.abs(decoded.astype(int) - frames[: 24 * chunks]).mean() < 2.5


def test_nothing_is_encoded_again(take):
    _, fragments = take
    data = finish_movie(*parts(fragments[:3]), {})

    for fragment in fragments[:3]:
        mdat = read_boxes(fragment.media)[1]
        assert fragment.media[mdat.body : mdat.stop] in data


def test_equal_fragments_and_tags_give_equal_bytes(take):
    _, fragments = take

    assert finish_movie(*parts(fragments[:2]), {"comment": "a"}) == finish_movie(
        *parts(fragments[:2]), {"comment": "a"}
    )


def test_uneven_chunks_of_the_released_policy_join_too(moving_frames):
    frames = moving_frames(61)
    fragments, start = [], 0
    for index, size in enumerate((13, 24, 24)):
        fragments.append(encode_fragment(frames[start : start + size], index=index, start_frame=start))
        start += size

    facts = write_movie(io.BytesIO(), *parts(fragments), {})

    assert (facts.frames, facts.keyframes) == (61, (0, 13, 37))
    assert facts.seconds == pytest.approx(61 / 24)


def longest_recipe():
    request = GenerationRequest(
        prompts=tuple("雪" * 3990 + f"第{second}秒" for second in range(10)),
        seconds=10,
        width=1280,
        height=720,
        seed=2**63 - 1,
    )
    return Recipe(request=request, preset="tiny", weights_hash="ab" * 32, software="Sceneloom 0.1.0")


def test_the_recipe_is_read_back_from_the_file(take, tmp_path):
    _, fragments = take
    request = GenerationRequest(
        prompts=("一只猫跳上窗台 “quoted” \n <b>&amp;</b> 🐈",), seconds=1, width=64, height=48, seed=7
    )
    recipe = Recipe(request=request, preset="tiny", weights_hash="00ff", software="Sceneloom 0.1.0")
    path = tmp_path / "clip.mp4"

    path.write_bytes(finish_movie(*parts(fragments[:1]), recipe.tags))

    assert read_recipe(path) == recipe


def test_the_longest_recipe_fits(take):
    _, fragments = take
    recipe = longest_recipe()

    data = finish_movie(*parts(fragments[:1]), recipe.tags)

    assert read_recipe(data) == recipe


def test_labels_stand_beside_the_recipe_under_their_own_names(take):
    _, fragments = take
    label = '{"Label": "1", "ContentProducer": "某公司"}'

    data = finish_movie(*parts(fragments[:1]), {**longest_recipe().tags, "AIGC": label})

    assert read_tags(data)["AIGC"] == label
    assert read_recipe(data) == longest_recipe()


def test_clips_without_a_recipe_or_with_a_foreign_one_say_so(take):
    _, fragments = take

    with pytest.raises(MediaError, match="carries no recipe"):
        read_recipe(finish_movie(*parts(fragments[:1]), {}))
    for foreign in ("holiday 2019", "{}", "[1]", '{"request": 3}', "[" * 100_000, '{"request": {}, "preset": 1}'):
        with pytest.raises(MediaError, match="recipe"):
            read_recipe(finish_movie(*parts(fragments[:1]), {"comment": foreign}))


def test_missing_doubled_and_foreign_fragments_are_refused(take, moving_frames):
    _, fragments = take
    init, medias = parts(fragments[:3])

    for wrong in ([medias[0], medias[2]], [medias[0], medias[0]], medias[1:]):
        with pytest.raises(MediaError, match="follow each other"):
            finish_movie(init, wrong, {})
    with pytest.raises(MediaError, match="at least one"):
        finish_movie(init, [], {})


def test_a_full_disk_is_a_storage_error(take):
    _, fragments = take

    with Path("/dev/full").open("r+b", buffering=0) as full, pytest.raises(StorageError, match="written whole"):
        write_movie(full, *parts(fragments[:2]), {})


def test_what_reads_back_differently_is_never_called_finished(take, monkeypatch):
    _, fragments = take
    lose_tags = {"comment": "kept"}
    monkeypatch.setattr(
        movie_module, "_CONTAINER_TAGS", ("comment", "major_brand", "minor_version", "compatible_brands")
    )

    with pytest.raises(StorageError, match="reads back differently"):
        finish_movie(*parts(fragments[:2]), lose_tags)


def test_a_movie_is_written_to_a_real_file_without_holding_it(take, tmp_path):
    _, fragments = take
    path = tmp_path / "film.mp4"

    with path.open("w+b") as file:
        facts = write_movie(file, *parts(fragments), {})
        os.fsync(file.fileno())

    assert facts.frames == 240
    assert path.read_bytes() == finish_movie(*parts(fragments), {})
