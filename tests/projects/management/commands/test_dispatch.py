"""The supervised loop stops when it is asked."""

import signal

from projects.management.commands.dispatch import Command


def test_sigterm_ends_the_loop(monkeypatch):
    handlers = {}
    monkeypatch.setattr(signal, "signal", handlers.__setitem__)
    seen = []

    def run(_self, should_stop):
        seen.append(should_stop())
        handlers[signal.SIGTERM]()
        seen.append(should_stop())

    monkeypatch.setattr("projects.dispatcher.Dispatcher.run", run)
    Command().handle()

    assert seen == [False, True]
