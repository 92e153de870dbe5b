"""Which processes make a studio, and what each is told."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from webapp.supervisor.plan import StudioPlan, restart_delay

PLAN = StudioPlan(
    root=Path("/studio"), data=Path("/films"), host="127.0.0.1", port=8123, redis_url="unix:///r.sock?db=0",
    secret_key="key", base={"PATH": "/bin", "REDIS_URL": "redis://elsewhere"},
)  # fmt: skip


def test_every_kind_of_work_has_its_process():
    names = [program.name for program in PLAN.programs()]
    assert names == ["web", "dispatcher", "control", "media", "files", "generation", "decode"]


def test_all_share_one_folder_one_broker_and_one_key():
    for program in PLAN.programs():
        told = program.environment
        assert (told["SCENELOOM_DATA"], told["REDIS_URL"], told["SCENELOOM_SECRET_KEY"]) == (
            "/films", "unix:///r.sock?db=0", "key",
        )  # fmt: skip
        assert told["PATH"] == "/bin"


def test_workers_give_way_and_listen_to_their_own_queues():
    programs = {program.name: program for program in PLAN.programs()}

    assert programs["generation"].command[-1] == "generation,generation.generation-1"
    assert programs["generation"].environment["SCENELOOM_WORKER"] == "generation-1"
    assert programs["decode"].environment["SCENELOOM_WORKER_KIND"] == "decode"
    nice = {name: program.niceness for name, program in programs.items() if program.niceness}
    assert nice == {"media": 5, "files": 10, "generation": 10, "decode": 10}
    # A picture does not wait behind a clip of two minutes; whoever keeps order does one thing at a time.
    assert ("-P", "threads") in pairs(programs["media"].command)
    assert ("-P", "solo") in pairs(programs["control"].command)


def pairs(words):
    return list(pairwise(words))


@pytest.mark.parametrize(
    ("host", "address", "asked"),
    [
        ("127.0.0.1", "http://localhost:8123/", "http://127.0.0.1:8123/readyz"),
        ("0.0.0.0", "http://localhost:8123/", "http://127.0.0.1:8123/readyz"),
        ("::1", "http://localhost:8123/", "http://[::1]:8123/readyz"),
        ("::", "http://[::]:8123/", "http://[::1]:8123/readyz"),
        ("192.0.2.7", "http://192.0.2.7:8123/", "http://192.0.2.7:8123/readyz"),
    ],
)
def test_address_and_readiness_follow_the_host(host, address, asked):
    plan = replace(PLAN, host=host)

    assert (plan.address, plan.ready_url) == (address, asked)


@pytest.mark.parametrize(
    ("hosts", "name"),
    [("", "localhost"), ("studio.example.org, b", "studio.example.org"), (".example.org", "example.org"),
     ("*", "localhost")],
)  # fmt: skip
def test_readiness_is_asked_by_a_name_that_is_served(hosts, name):
    assert replace(PLAN, base={"SCENELOOM_HOSTS": hosts}).known_host == name


def test_what_dies_often_is_started_ever_later():
    delays = [restart_delay(deaths) for deaths in range(1, 12)]

    assert delays[0] == 0
    assert delays == sorted(delays)
    assert delays[-1] == 30
