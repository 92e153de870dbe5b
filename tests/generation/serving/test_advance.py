"""One stage at a time, with the same bytes whatever happens between two of them."""

from dataclasses import replace

import pytest

from generation.contract.messages import StageAdvanced, StageDropped, StageFailed, TakeProgress, cancel_key
from tests.support.serving import SPEC, Bench, first_request, next_request


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def digests(done):
    return [answer.latents_sha256 for answer in done if answer.chunk_index >= 0]


def test_a_take_ends_with_one_chunk_per_second(bench):
    done = bench.run("a")

    assert [answer.chunk_index for answer in done] == [-1, 0, 1, 2]
    assert done[-1].stage + 1 == done[-1].num_stages == 4


def test_from_memory_and_from_disk_come_the_same_bytes(bench):
    assert digests(bench.run("a")) == digests(bench.run("b", fresh_workers=True))


def test_a_stage_that_is_run_twice_gives_the_same_bytes(bench):
    worker, request = bench.advancer(), first_request("a", SPEC)
    first = worker.advance(request)

    again = bench.advancer("w2").advance(replace(request, token=2))

    assert bench.store.get(first.state_key) == bench.store.get(again.state_key)
    assert first.state_key != again.state_key


def test_a_worker_that_is_asked_for_a_stage_again_does_not_go_on_from_what_it_remembers(bench):
    worker, request = bench.advancer(), first_request("a", SPEC)
    first = worker.advance(request)
    kept = bench.store.get(first.state_key)

    again = worker.advance(request)

    assert again.state_key == first.state_key
    assert bench.store.get(again.state_key) == kept


def test_an_overtaken_request_is_left_alone(bench):
    worker = bench.advancer()
    worker.advance(replace(first_request("a", SPEC), token=5))
    said = len(bench.messages.all)

    assert worker.advance(replace(first_request("a", SPEC), token=4)) is None
    assert len(bench.messages.all) == said


def test_another_take_in_between_changes_nothing(bench):
    alone = digests(bench.run("a"))
    worker = bench.advancer()
    requests = {name: first_request(name, SPEC) for name in ("b", "c")}
    found = {"b": [], "c": []}
    for _ in range(4):
        for name in ("b", "c"):
            answer = worker.advance(requests[name])
            requests[name] = next_request(requests[name], answer)
            found[name].append(answer)

    assert digests(found["b"]) == digests(found["c"]) == alone


def test_a_worker_says_what_it_holds(bench):
    worker, request = bench.advancer(), first_request("a", SPEC)
    assert worker.holds == ""

    worker.advance(request)
    assert worker.holds == "a"

    worker.forget()
    assert worker.holds == ""


def test_a_cancelled_take_is_dropped_before_its_next_step(bench):
    bench.store.put(cancel_key("a"), b"")

    answer = bench.advancer().advance(first_request("a", SPEC))

    assert isinstance(answer, StageDropped)
    assert answer.reason == "cancelled"
    assert not bench.store.exists("takes/a/1/state_001.safetensors")


def test_a_worker_that_is_stopped_gives_the_stage_back(bench):
    bench.stopping = True

    answer = bench.advancer().advance(first_request("a", SPEC))

    assert (answer.reason, answer.stage) == ("stopping", 0)


def test_progress_never_leaves_zero_to_one_and_tells_of_every_second(bench):
    bench.run("a")

    told = bench.messages.of(TakeProgress)
    assert told
    assert {len(message.cells) for message in told} == {3}
    assert all(0 <= cell <= 1 for message in told for cell in message.cells)
    assert told[0].phase == "loading"
    assert "denoising" in {message.phase for message in told}


def test_a_damaged_state_is_a_failure_in_words_and_the_worker_lives(bench):
    request = first_request("a", SPEC)
    answer = bench.advancer().advance(request)
    bench.store.put(answer.state_key, b"rubbish")

    failed = bench.advancer().advance(next_request(request, answer))

    assert isinstance(failed, StageFailed)
    assert (failed.code, failed.retry) == ("state_mismatch", False)
    assert isinstance(bench.advancer().advance(first_request("b", SPEC)), StageAdvanced)


def test_what_nobody_foresaw_is_worth_another_try(bench, monkeypatch):
    worker = bench.advancer()
    monkeypatch.setattr("generation.serving.advance.store_state", lambda *_: 1 / 0)

    failed = worker.advance(first_request("a", SPEC))

    assert (failed.code, failed.retry) == ("worker_failed", True)
    assert "ZeroDivisionError" in failed.message


def test_other_steps_and_windows_than_the_models_own_are_obeyed(bench):
    done = bench.run("a", replace(SPEC, window_size=1, num_steps=8))

    assert [answer.chunk_index for answer in done] == [0, 1, 2]
