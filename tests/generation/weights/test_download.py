"""Downloads: all files of a preset, across interruptions, in this process or by the death of it."""

import io
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest
import torch
from safetensors.torch import load_file

from generation.errors import Cancelled, DownloadError, StorageError
from generation.weights.catalog import CheckpointPart, PartKind
from generation.weights.download import DownloadProgress, Source, download
from generation.weights.hub.listing import Repository
from generation.weights.hub.transport import RetryPolicy, Transport
from tests.support.fake_hub import NAME, FakeHub, Misbehaviour, serve

ROOT = Path(__file__).resolve().parents[3]
PARTS = (
    CheckpointPart(kind=PartKind.AUTOENCODER, remote_folder="ckpt/vae", num_bytes=0),
    CheckpointPart(kind=PartKind.TRANSFORMER, remote_folder="ckpt/magi/small/inference_weight", num_bytes=0),
)


def files() -> dict[str, bytes]:
    chance = random.Random(1)
    return {
        "ckpt/vae/config.json": b"{}",
        "ckpt/vae/model.safetensors": chance.randbytes(120_000),
        "ckpt/magi/small/inference_weight/one.safetensors": chance.randbytes(150_000),
        "ckpt/magi/small/inference_weight/two.safetensors": chance.randbytes(90_000),
        "ckpt/magi/other/inference_weight/one.safetensors": chance.randbytes(2_000),
    }


WANTED = {path: content for path, content in files().items() if "other" not in path}
TOTAL = sum(map(len, WANTED.values()))


def fetch(hub: FakeHub, folder: Path, **options) -> list[DownloadProgress]:
    told: list[DownloadProgress] = []
    with serve(hub):
        source = Source(
            repository=Repository(endpoint=hub.address, name=NAME),
            transport=Transport(policy=RetryPolicy(attempts=3, timeout_seconds=5)),
        )
        download(PARTS, folder, source=source, on_progress=told.append, wait=lambda _: None, **options)
    return told


def present(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_all_files_of_the_parts_arrive_in_the_hubs_layout(tmp_path) -> None:
    told = fetch(FakeHub(files=files()), tmp_path / "new" / "folder")

    assert present(tmp_path / "new" / "folder") == WANTED
    assert {progress.path for progress in told} == set(WANTED)
    assert all(progress.bytes_total == TOTAL for progress in told)
    here = [progress.bytes_here for progress in told]
    assert here == sorted(here)
    assert here[-1] == TOTAL


def test_what_is_whole_is_not_fetched_again_and_what_is_damaged_is(tmp_path) -> None:
    fetch(FakeHub(files=files()), tmp_path)
    damaged = tmp_path / "ckpt/vae/model.safetensors"
    damaged.write_bytes(b"\0" + damaged.read_bytes()[1:])
    hub = FakeHub(files=files())

    told = fetch(hub, tmp_path)

    assert present(tmp_path) == WANTED
    assert hub.content_requests == 1
    assert told[0].bytes_here == TOTAL - 120_000


def test_nothing_is_fetched_when_all_is_there(tmp_path) -> None:
    fetch(FakeHub(files=files()), tmp_path)

    assert fetch(FakeHub(files=files()), tmp_path) == []


def test_a_stop_is_obeyed_and_what_arrived_counts_the_next_time(tmp_path) -> None:
    blocks = 0

    def enough() -> bool:
        nonlocal blocks
        blocks += 1
        return blocks > 6

    slow = Misbehaviour(seconds_per_block=0.001)
    with pytest.raises(Cancelled):
        fetch(FakeHub(files=files(), wrong=slow), tmp_path, should_stop=enough)
    kept = sum(map(len, present(tmp_path).values()))
    hub = FakeHub(files=files())

    fetch(hub, tmp_path)

    assert kept > 16_000
    assert present(tmp_path) == WANTED
    assert any(asked.startswith("bytes=") for asked in hub.ranges)


def test_the_disk_is_checked_before_the_first_byte(tmp_path, monkeypatch) -> None:
    class Usage(NamedTuple):
        free: int

    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(2**30 + TOTAL - 1))
    hub = FakeHub(files=files())

    with pytest.raises(StorageError, match=r"make room"):
        fetch(hub, tmp_path / "not" / "yet")

    assert hub.content_requests == 0
    assert present(tmp_path) == {}


def test_without_a_network_the_error_says_what_to_do(tmp_path) -> None:
    hub = FakeHub(files={})
    with serve(hub):
        pass
    source = Source(repository=Repository(endpoint=hub.address, name=NAME))

    with pytest.raises(DownloadError, match=r"cannot be reached .*start again"):
        download(PARTS, tmp_path, source=source, wait=lambda _: None)


def test_a_pickled_part_gets_safetensors_and_its_pickles_may_be_deleted(tmp_path) -> None:
    saved = io.BytesIO()
    torch.save({"a": torch.arange(500.0)}, saved)
    hub = FakeHub(files={"ckpt/t5/pytorch_model.bin": saved.getvalue(), "ckpt/t5/config.json": b"{}"})
    part = CheckpointPart(kind=PartKind.TEXT_ENCODER, remote_folder="ckpt/t5", num_bytes=0)
    with serve(hub):
        source = Source(repository=Repository(endpoint=hub.address, name=NAME))
        download([part], tmp_path, source=source)
        (tmp_path / "ckpt/t5/pytorch_model.bin").unlink()
        download([part], tmp_path, source=source)

    assert hub.content_requests == 1
    assert set(present(tmp_path)) == {"ckpt/t5/config.json", "ckpt/t5/model.safetensors"}
    assert torch.equal(load_file(tmp_path / "ckpt/t5/model.safetensors")["a"], torch.arange(500.0))


CHILD = """
import sys
from pathlib import Path
from generation.weights.catalog import CheckpointPart, PartKind
from generation.weights.download import Source, download
from generation.weights.hub.listing import Repository

part = CheckpointPart(kind=PartKind.AUTOENCODER, remote_folder="ckpt/vae", num_bytes=0)
source = Source(repository=Repository(endpoint=sys.argv[1], name=sys.argv[2]))
download([part], Path(sys.argv[3]), source=source)
"""


def start_child(hub: FakeHub, folder: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", CHILD, hub.address, NAME, str(folder)]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})


def test_a_killed_process_is_taken_up_by_another(tmp_path) -> None:
    content = random.Random(2).randbytes(2_000_000)
    hub = FakeHub(files={"ckpt/vae/model.safetensors": content}, wrong=Misbehaviour(seconds_per_block=0.02))
    part = tmp_path / "ckpt/vae/model.safetensors.part"

    with serve(hub):
        with start_child(hub, tmp_path) as first:
            deadline = time.monotonic() + 20
            while not (part.exists() and part.stat().st_size > 200_000) and time.monotonic() < deadline:
                time.sleep(0.005)
            first.send_signal(signal.SIGKILL)
        kept = part.stat().st_size
        hub.wrong.seconds_per_block = 0
        with start_child(hub, tmp_path) as second:
            assert second.wait(20) == 0

    assert 200_000 < kept < len(content)
    assert hub.ranges == ["", f"bytes={kept}-"]
    assert hub.if_ranges == ["", '"first"']
    assert present(tmp_path) == {"ckpt/vae/model.safetensors": content}
