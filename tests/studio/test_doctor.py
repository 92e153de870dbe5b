"""Each finding says how much it matters and what to do."""

from pathlib import Path

import pytest

from studio.doctor import GIGABYTE, Finding, State, disk_finding, gpu_finding, line_of, memory_finding, weights_finding


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
