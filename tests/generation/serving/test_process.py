"""A worker reads its settings, or says which is wrong."""

import pytest

from generation.contract.messages import broker_address
from generation.errors import ConfigError
from generation.serving.process import read_settings


def test_a_worker_has_a_name_and_one_thread_fewer_than_there_are(monkeypatch):
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: set(range(8)))

    settings = read_settings({"SCENELOOM_PRESET": "tiny"})

    assert settings.kind == "generation"
    assert settings.name.startswith("generation-")
    assert settings.execution.threads == 7


def test_everything_can_be_told(tmp_path):
    settings = read_settings(
        {
            "SCENELOOM_PRESET": "tiny", "SCENELOOM_WORKER": "w7", "SCENELOOM_WORKER_KIND": "decode",
            "SCENELOOM_DATA": str(tmp_path), "SCENELOOM_THREADS": "3", "SCENELOOM_DTYPE": "bfloat16",
            "SCENELOOM_FP8": "1",
        }
    )  # fmt: skip

    assert (settings.name, settings.kind, settings.execution.threads) == ("w7", "decode", 3)
    assert (settings.execution.dtype, settings.execution.fp8) == ("bfloat16", True)
    assert (settings.artifacts, settings.s3_endpoint) == (str(tmp_path / "artifacts"), "")


def test_what_is_not_told_is_the_presets():
    assert read_settings({"SCENELOOM_PRESET": "magi_4_5b_base"}).execution.dtype == "bfloat16"
    assert not read_settings({"SCENELOOM_PRESET": "magi_4_5b_base", "SCENELOOM_FP8": "0"}).execution.fp8


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SCENELOOM_WORKER_KIND", "web"), ("SCENELOOM_THREADS", "many"), ("SCENELOOM_DTYPE", "int8"),
        ("SCENELOOM_FP8", "yes"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_refused_by_name(name, value):
    with pytest.raises(ConfigError, match=name):
        read_settings({"SCENELOOM_PRESET": "tiny", name: value})


@pytest.mark.parametrize(
    ("address", "celery"),
    [
        ("", "redis://127.0.0.1:6379/0"),
        ("redis://r:1/2", "redis://r:1/2"),
        ("unix:///tmp/r.sock?db=3", "redis+socket:///tmp/r.sock?virtual_host=3"),
        ("unix:///tmp/r.sock", "redis+socket:///tmp/r.sock?virtual_host=0"),
    ],
)
def test_redis_addresses_are_said_as_celery_reads_them(address, celery):
    assert broker_address(address) == celery
