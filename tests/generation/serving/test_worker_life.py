"""A worker tells of itself until it ends, and once more then."""

from generation.serving.worker_life import WorkerFacts, WorkerLife, rss_bytes
from tests.support.serving import Messages

FACTS = WorkerFacts(name="w1", kind="generation", queue="generation.w1", preset="tiny", device="cpu")


def test_the_first_word_comes_at_once_and_the_last_says_goodbye():
    said = Messages()
    life = WorkerLife(FACTS, said, holds=lambda: "a take", seconds=60)

    life.begin()
    life.end()

    assert [(message.worker, message.stopping) for message in said.all] == [("w1", False), ("w1", True)]
    assert said.all[0].holds == "a take"


def test_memory_is_counted_in_bytes():
    assert 2**20 < rss_bytes() < 2**40
