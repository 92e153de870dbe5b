"""The download command against a hub on this machine."""

import os
import random
import shutil
import signal

import pytest

from generation.cli.download import run_download
from generation.errors import DownloadError, RequestError, StorageError
from generation.weights.hub.transport import RetryPolicy
from tests.support.fake_hub import NAME, FakeHub, Misbehaviour, serve

QUICK = RetryPolicy(attempts=2, first_wait_seconds=0.01, longest_wait_seconds=0.02, timeout_seconds=5)
DIT = "ckpt/magi/4.5B_base/inference_weight"


def files() -> dict[str, bytes]:
    chance = random.Random(1)
    return {
        "ckpt/vae/config.json": b"{}",
        "ckpt/vae/diffusion_pytorch_model.safetensors": chance.randbytes(200_000),
        f"{DIT}/model.safetensors": chance.randbytes(300_000),
        "ckpt/t5/t5-v1_1-xxl/config.json": b"{}",
        "ckpt/t5/t5-v1_1-xxl/spiece.model": b"words",
        "ckpt/t5/t5-v1_1-xxl/model.safetensors": chance.randbytes(100_000),
        "ckpt/magi/24B_base/inference_weight/model.safetensors": chance.randbytes(2_000),
    }


@pytest.fixture
def download(console, tmp_path):
    """Runs the command against a hub; what was said comes back."""

    def run(*flags, hub=None, proxies=None):
        with serve(hub or FakeHub(files=files())) as served:
            words = [str(flag) for flag in ("magi_4_5b_base", "--weights", tmp_path / "weights", *flags)]
            status = run_download(
                words, endpoint=served.address, proxies=proxies or {}, console=console, repository=NAME, policy=QUICK
            )
        return status, console.file.getvalue()

    return run


def present(tmp_path) -> dict[str, bytes]:
    root = tmp_path / "weights"
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_all_that_a_model_needs_is_fetched_and_nothing_else(download, tmp_path):
    status, said = download()

    assert status == 0
    assert present(tmp_path) == {path: content for path, content in files().items() if "24B" not in path}
    assert "magi_4_5b_base is complete" in said
    assert f"--preset magi_4_5b_base --weights {tmp_path / 'weights'}" in said


def test_plan_tells_size_hardware_and_free_disk(download, console):
    download("--only", "autoencoder")

    plan = console.file.getvalue()
    assert "autoencoder" in plan
    assert "2.5 GB" in plan
    assert "Free on this disk: " in plan
    assert "It runs on 1 x RTX 4090" in plan


def test_one_part_can_be_fetched_alone(download, tmp_path):
    _, said = download("--only", "autoencoder")

    assert all(path.startswith("ckpt/vae/") for path in present(tmp_path))
    assert "still lacks its transformer and text encoder" in said


def test_interrupted_download_keeps_what_arrived_and_goes_on(download, tmp_path):
    # Nine blocks come within the first half second, the rest later.
    slow = FakeHub(files=files(), wrong=Misbehaviour(seconds_per_block=0.05))
    before = signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        status, said = download(hub=slow)
    finally:
        signal.signal(signal.SIGALRM, before)

    assert status == 130
    assert f"python -m generation download magi_4_5b_base --weights {tmp_path / 'weights'}" in said
    assert any(path.endswith(".part") for path in present(tmp_path))
    again = FakeHub(files=files())
    assert download(hub=again)[0] == 0
    assert [asked for asked in again.ranges if asked]
    assert len(present(tmp_path)) == len(files()) - 1


def test_hub_that_fails_says_how_to_go_on(download, console):
    with pytest.raises(DownloadError):
        download(hub=FakeHub(files=files(), wrong=Misbehaviour(cut_after=lambda _: 1000)))

    assert "What arrived is kept; to go on later:" in console.file.getvalue()


def test_disk_that_is_too_small_is_said_before_the_first_byte(download, tmp_path, monkeypatch):
    full = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)

    with pytest.raises(StorageError, match="make room"):
        download()
    assert not (tmp_path / "weights").exists()


def test_proxy_is_used(download):
    with pytest.raises(DownloadError, match="cannot be reached"):
        download(proxies={"http": "http://127.0.0.1:1"})


@pytest.mark.parametrize(
    "flags", [(), ("tiny",), ("nothing",), ("magi_24b_base", "--only", "everything"), ("magi_24b_base", "surplus")]
)
def test_wrong_flags_are_refused(console, flags):
    with pytest.raises(RequestError):
        run_download(list(flags), endpoint=None, proxies={}, console=console)


def test_address_that_is_none_is_refused(console):
    with pytest.raises(DownloadError, match="https://"):
        run_download(["magi_24b_base"], endpoint="file:///etc", proxies={}, console=console)


def test_help_names_every_model_with_its_size(console, capsys):
    with pytest.raises(SystemExit):
        run_download(["--help"], endpoint=None, proxies={}, console=console)

    text = capsys.readouterr().out
    assert "magi_24b_distill_fp8" in text
    assert "48 GB; runs on 4 x H100" in text
