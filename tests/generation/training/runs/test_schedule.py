"""Learning rates by step."""

import pytest

from generation.errors import ConfigError
from generation.training.runs.schedule import LearningRate


def test_rate_warms_up_holds_and_falls_to_the_floor():
    rate = LearningRate(peak=1.0, warmup_steps=4, decay_from=10, total_steps=20, floor=0.1)

    rates = [rate.at(step) for step in range(25)]

    assert rates[:4] == [0.25, 0.5, 0.75, 1.0]
    assert set(rates[4:11]) == {1.0}
    assert rates[15] == pytest.approx(0.55)
    assert rates[20:] == [pytest.approx(0.1)] * 5
    assert rates[10:] == sorted(rates[10:], reverse=True)


def test_rate_without_decay_stays_at_its_peak():
    assert LearningRate(peak=1e-3, warmup_steps=0).at(10**6) == 1e-3


@pytest.mark.parametrize(
    "fields",
    [
        {"peak": 1e-6}, {"floor": 0.0}, {"warmup_steps": -1},
        {"decay_from": 5, "total_steps": 4}, {"decay_from": -1, "total_steps": 4},
    ],
)  # fmt: skip
def test_contradictions_are_refused(fields):
    with pytest.raises(ConfigError):
        LearningRate(**fields)
