"""A chunk's latents become a fragment, the same bytes each time."""

from generation.contract.messages import ChunkDecoded, DecodeFailed, DecodeRequest
from generation.media.fragments import read_fragment
from tests.support.serving import SPEC, Bench


def test_fragments_follow_each_other_under_one_init_segment(tmp_path):
    bench = Bench(tmp_path)
    decoded = bench.decode("a", bench.run("a"))

    fragments = [read_fragment(bench.store.get(it.init_key), bench.store.get(it.fragment_key)) for it in decoded]

    assert [fragment.start_frame for fragment in fragments] == [0, 24, 48]
    assert len({fragment.init for fragment in fragments}) == 1
    assert [it.fragment_bytes for it in decoded] == [len(fragment.media) for fragment in fragments]
    assert decoded[0].mime_type.startswith('video/mp4; codecs="avc1.')
    assert all(bench.store.exists(it.poster_key) for it in decoded)


def test_decoding_again_gives_the_same_bytes(tmp_path):
    bench = Bench(tmp_path)
    done = bench.run("a")

    first, again = bench.decode("a", done), bench.decode("a", done)

    assert [it.fragment_sha256 for it in first] == [it.fragment_sha256 for it in again]


def test_missing_latents_are_a_failure_in_words(tmp_path):
    bench = Bench(tmp_path)
    request = DecodeRequest(take_id="a", token=1, index=0, latents_key="takes/a/none", context_key="", spec=SPEC)

    answer = bench.decoder().decode(request)

    assert isinstance(answer, DecodeFailed)
    assert (answer.code, answer.index) == ("storage_failed", 0)
    assert not bench.messages.of(ChunkDecoded)
