"""The side of the workers: a broker that was away is found again soon, however long it was away."""

import pytest
from kombu.exceptions import OperationalError

from generation.serving.broker import SteadyConnection
from generation.serving.tasks import app


def test_tries_do_not_grow_rarer(monkeypatch):
    waits = []
    monkeypatch.setattr("kombu.utils.functional.sleep", lambda _seconds: None)
    with SteadyConnection("redis://127.0.0.1:1/0") as connection, pytest.raises(OperationalError):
        connection.ensure_connection(lambda _error, interval: waits.append(interval), 20)

    assert len(waits) == 20
    assert max(waits) == 2


def test_every_process_connects_so_and_never_gives_up():
    with app.connection_for_read() as connection:
        assert isinstance(connection, SteadyConnection)
    assert app.conf.broker_connection_max_retries is None
