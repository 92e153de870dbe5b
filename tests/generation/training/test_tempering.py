"""What tempering draws, and what it keeps."""

import pytest
import torch

from generation.errors import ConfigError
from generation.sampling.timesteps import make_timesteps
from generation.training.runs.averaging import WeightAverage
from generation.training.tempering import TemperedAverage, draw_served_timesteps
from tests.support.training import generator


def test_clips_stand_at_every_taught_step_and_at_no_other():
    drawn = draw_served_timesteps(500, num_steps=8, taught_steps=7, generator=generator())

    assert drawn.shape == (500, 1)
    assert set(drawn.flatten().tolist()) == set(make_timesteps(8)[:7].tolist())


def moved(average, module, steps):
    draw = generator(1)
    for _ in range(steps):
        with torch.no_grad():
            module.weight.add_(torch.randn(module.weight.shape, generator=draw))
        average.update(module)


@pytest.mark.parametrize("share", [0.25, 1.0])
def test_weights_lie_part_of_the_way_to_the_average(share):
    begun, plain = torch.nn.Linear(3, 2, bias=False), torch.nn.Linear(3, 2, bias=False)
    plain.load_state_dict(begun.state_dict())
    start = begun.weight.detach().clone()
    tempered, whole = TemperedAverage(begun, decay=0.9, share=share), WeightAverage(plain, decay=0.9)

    moved(tempered, begun, 12)
    moved(whole, plain, 12)

    assert torch.equal(begun.weight, plain.weight)
    torch.testing.assert_close(tempered.weights["weight"], start + share * (whole.weights["weight"] - start))


@pytest.mark.parametrize("share", [0.0, 1.5])
def test_a_share_is_part_of_a_way(share):
    with pytest.raises(ConfigError, match="share"):
        TemperedAverage(torch.nn.Linear(1, 1), decay=0.9, share=share)
