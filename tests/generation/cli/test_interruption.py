"""Ctrl-C once and twice."""

import os
import signal
import time

import pytest

from generation.cli.interruption import Interruption
from generation.errors import Cancelled


def interrupt(number=signal.SIGINT):
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_first_asks_and_the_second_stops_at_once(number):
    told = []
    with Interruption(lambda: told.append("stopping")) as interruption:
        assert not interruption.asked
        interrupt(number)
        assert interruption.asked
        assert told == ["stopping"]

        with pytest.raises(KeyboardInterrupt):
            interrupt(number)


def test_signals_are_as_before_afterwards():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    with pytest.raises(ZeroDivisionError), Interruption(lambda: None):
        raise ZeroDivisionError

    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_waiting_ends_when_asked_to_stop():
    began = time.monotonic()
    with Interruption(lambda: None) as interruption:
        signal.signal(signal.SIGALRM, lambda *_: interrupt())
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(Cancelled):
            interruption.wait_or_stop(30)

    assert time.monotonic() - began < 10


def test_waiting_without_being_asked_just_waits():
    with Interruption(lambda: None) as interruption:
        interruption.wait_or_stop(0.001)
