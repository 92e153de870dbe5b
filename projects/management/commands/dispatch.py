"""``manage.py dispatch``: the loop that hands out work; supervised, stopped by SIGTERM or Ctrl-C."""

import signal
import threading

from django.core.management.base import BaseCommand

from projects.dispatcher import Dispatcher


class Command(BaseCommand):
    """Runs the dispatcher until it is told to stop."""

    help = "Hand out leases, take them back, finish takes, send events; runs until it is stopped."

    def handle(self, *_arguments: object, **_options: object) -> None:
        """Run."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_facts: stop.set())
        Dispatcher().run(stop.is_set)
