"""A broker that was away is found again soon, however long it was away."""

import pytest
from kombu.exceptions import OperationalError

from generation.serving import tasks
from generation.serving.broker import SteadyConnection
from webapp import celery as product


@pytest.mark.parametrize("kind", [SteadyConnection, product.SteadyConnection])
def test_tries_do_not_grow_rarer(monkeypatch, kind):
    waits = []
    monkeypatch.setattr("kombu.utils.functional.sleep", lambda _seconds: None)
    with kind("redis://127.0.0.1:1/0") as connection, pytest.raises(OperationalError):
        connection.ensure_connection(lambda _error, interval: waits.append(interval), 20)

    assert len(waits) == 20
    assert max(waits) == 2


@pytest.mark.parametrize(("app", "kind"), [(tasks.app, SteadyConnection), (product.app, product.SteadyConnection)])
def test_every_process_connects_so_and_never_gives_up(app, kind):
    with app.connection_for_read() as connection:
        assert isinstance(connection, kind)
    assert app.conf.broker_connection_max_retries is None
