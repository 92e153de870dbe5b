"""Three words for step counts: offered where the weights know them, and what each costs."""

from dataclasses import replace

import pytest

from generation.presets import PRESETS, Quality, find_preset, offers_of, stage_cost


def offered(name: str) -> dict[str, int]:
    return {offer.quality.value: offer.num_steps for offer in offers_of(find_preset(name))}


def test_the_starter_halves_and_doubles_its_steps() -> None:
    assert offered("starter") == {"draft": 4, "standard": 8, "fine": 16}


def test_released_models_offer_what_their_weights_were_made_for() -> None:
    assert offered("magi_4_5b_base") == {"standard": 64}
    assert offered("magi_4_5b_distill") == {"draft": 32, "standard": 64}
    assert offered("magi_24b_base") == {"standard": 32, "fine": 64}
    assert offered("magi_24b_distill") == {"draft": 8, "standard": 16, "fine": 32}


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_every_offer_can_be_sampled_and_its_cost_is_its_share_of_the_steps(preset) -> None:
    offers = offers_of(preset)

    assert [offer.quality for offer in offers if offer.relative_cost == 1] == [Quality.STANDARD]
    for offer in offers:
        # Refused when made if the window or the attention spans do not divide it.
        sampling = replace(preset.sampling, num_steps=offer.num_steps)
        assert offer.relative_cost == sampling.num_steps / preset.sampling.num_steps


def test_a_stage_costs_its_steps() -> None:
    tiny = find_preset("tiny")

    assert stage_cost(tiny) == 1
    assert stage_cost(tiny, num_steps=4) == 0.5
    # All of its steps in one stage instead of four.
    assert stage_cost(tiny, num_steps=16, window_size=1) == 8
