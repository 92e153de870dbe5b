"""Seconds go to decode workers that live, no more than they get to in time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from generation.contract.messages import ChunkDecoded, DecodeRequest
from projects.actions.clock import database_now
from projects.actions.commits import commit
from projects.actions.decoding import PER_WORKER, schedule_decoding
from projects.actions.sweep import sweep
from projects.models import Chunk, Event, Take, Worker
from tests.support.invariants import check
from tests.support.studio import ask, shot_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(studio, ada, project):
    """A take of four seconds, all made, none decoded."""
    (take,) = ask(ada, shot_in(project, duration_s=4))
    Worker.objects.filter(name="d1").update(stopping=True)
    studio.until_quiet()
    assert Chunk.objects.filter(take=take, fragment_key="").count() == 4
    return take


def test_without_a_decoder_seconds_wait_and_nothing_is_poison(studio, made):
    for _ in range(5):
        assert schedule_decoding() == 0
        sweep()

    assert not Chunk.objects.filter(decode_deaths__gt=0).exists()
    studio.alive("d1", role="decode")
    studio.until_quiet()
    made.refresh_from_db()
    assert made.status == "succeeded"
    check(at_rest=True)


@pytest.mark.parametrize("decoders", [1, 2])
def test_a_decoder_has_one_second_in_hand_and_one_in_line(studio, made, decoders):
    for number in range(decoders):
        studio.alive(f"d{number + 1}", role="decode")

    assert schedule_decoding() == min(4, PER_WORKER * decoders)
    assert schedule_decoding() == 0


def test_a_second_that_could_not_be_sent_is_taken_back(studio, made, monkeypatch):
    studio.alive("d1", role="decode")
    monkeypatch.setattr("projects.actions.decoding.submit_decode", lambda _request: False)

    assert schedule_decoding() == 0

    assert not Chunk.objects.filter(decode_lease_until__isnull=False).exists()


def test_a_second_whose_decoder_died_is_handed_out_again_and_the_death_counts(studio, made):
    studio.alive("d1", role="decode")
    schedule_decoding()
    Chunk.objects.update(decode_lease_until=database_now() - timedelta(seconds=1))

    schedule_decoding()

    assert sorted(Chunk.objects.values_list("decode_deaths", flat=True)) == [0, 0, 1, 1]


def test_a_take_that_cannot_be_read_is_put_aside_here_too(studio, made):
    studio.alive("d1", role="decode")
    Take.objects.filter(pk=made.pk).update(spec={"preset": "tiny"})

    assert schedule_decoding() == 0

    made.refresh_from_db()
    assert (made.status, made.error_code) == ("failed", "worker_failed")
    check(at_rest=True)


def test_an_answer_about_a_second_counts_once_and_only_under_its_own_lease(studio, made):
    studio.alive("d1", role="decode")
    schedule_decoding()
    answers = []
    while studio.queue:
        _, _, payload = studio.queue.popleft()
        heard, studio.said = studio.said, []
        studio.bench.decoder().decode(DecodeRequest.from_json(payload))
        answers += [answer for answer in studio.said if isinstance(answer, ChunkDecoded)]
        studio.said = heard
    kept = list(Chunk.objects.order_by("index").values_list("fragment_key", flat=True))
    assert kept[0]

    for answer in answers:
        assert commit(answer) is False
        assert commit(replace(answer, token=answer.token + 1, fragment_key="another")) is False
    Chunk.objects.filter(index=3).update(decode_token=7)
    late = replace(answers[0], index=3, token=6)
    assert commit(late) is False

    assert list(Chunk.objects.order_by("index").values_list("fragment_key", flat=True)) == kept
    assert [event.data["k"] for event in Event.objects.filter(type="take.chunk").order_by("seq")] == [1, 2]
