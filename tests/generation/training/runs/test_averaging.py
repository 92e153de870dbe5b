"""The running average of weights."""

import torch
from torch import nn

from generation.training.runs.averaging import WeightAverage


def linear(value):
    module = nn.Linear(3, 2)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.fill_(value)
    return module


def test_average_is_the_plain_formula():
    generator = torch.Generator().manual_seed(1)
    module = nn.Linear(4, 3)
    average = WeightAverage(module, decay=0.6)
    expected = {name: parameter.detach().clone() for name, parameter in module.named_parameters()}

    for update in range(1, 6):
        with torch.no_grad():
            for parameter in module.parameters():
                parameter.normal_(generator=generator)
        average.update(module)
        decay = min(0.6, (1 + update) / (10 + update))
        for name, parameter in module.named_parameters():
            expected[name] = decay * expected[name] + (1 - decay) * parameter.detach()

    for name, value in expected.items():
        torch.testing.assert_close(average.weights[name], value)


def test_average_of_narrow_weights_is_float32():
    module = linear(1.0).to(torch.bfloat16)
    average = WeightAverage(module)

    average.update(module)
    average.copy_to(module)

    assert average.weights["weight"].dtype == torch.float32
    assert module.weight.dtype == torch.bfloat16


def test_module_has_its_own_weights_back_even_after_an_error():
    module = linear(0.0)
    average = WeightAverage(module)
    with torch.no_grad():
        module.weight.fill_(2.0)

    try:
        with average.inside(module):
            assert module.weight.eq(0).all()
            raise RuntimeError
    except RuntimeError:
        pass

    assert module.weight.eq(2).all()
