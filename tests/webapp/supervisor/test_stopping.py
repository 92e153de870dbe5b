"""A wish to stop interrupts waiting, never the start of a process."""

import os
import signal
from collections.abc import Iterator

import pytest

from webapp.supervisor.stopping import Stop, StopWish


@pytest.fixture
def wish() -> Iterator[StopWish]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    wish = StopWish()
    wish.listen()
    yield wish
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_interrupts_whatever_waits(wish, number):
    with pytest.raises(Stop):
        os.kill(os.getpid(), number)


def test_what_is_held_is_finished_first(wish):
    finished = False

    def start() -> None:
        nonlocal finished
        with wish.hold():
            os.kill(os.getpid(), signal.SIGTERM)
            finished = True

    with pytest.raises(Stop):
        start()

    assert finished


def test_a_second_signal_does_not_interrupt_the_ending(wish):
    with pytest.raises(Stop):
        os.kill(os.getpid(), signal.SIGINT)

    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGTERM)


def test_nothing_is_raised_where_nobody_asked(wish):
    with wish.hold():
        pass
