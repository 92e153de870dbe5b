import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.errors import UnsupportedInput
from kernels.planning.overlap import HeadShape, MachineSpeed, PartCost, best_stages, part_cost, plan_stages
from tests.kernels.planning.dispatch_cases import DOCUMENT

CASES = DOCUMENT["overlap_solver"]["cases"]
HEADS = HeadShape(query_heads=64, kv_heads=8, head_dim=128, element_bytes=2)


def costs_of(case):
    (_, own), *fetched = case["stage_costs"]
    return own, [PartCost(fetch=fetch, compute=compute) for fetch, compute in fetched]


@pytest.mark.parametrize("case", CASES)
def test_stages_and_times_are_the_golden_ones(case):
    own, parts = costs_of(case)

    for stages, golden in case["static"].items():
        plan = plan_stages(own, parts, int(stages))
        # There the rank's own part is number 0 of stage 1.
        assert [[part + 1 for part in chosen] for chosen in plan.stages] == [
            [part for part in chosen if part] for chosen in golden["partitions"]
        ]
        assert plan.microseconds == pytest.approx(golden["overall_cost"], abs=0.051)


@pytest.mark.parametrize("case", CASES)
def test_best_number_of_stages_is_the_golden_one(case):
    golden = case["dynamic"]

    plan = best_stages(*costs_of(case), most=golden["max_degree"])

    assert len(plan.stages) == golden["best_degree"]
    assert plan.microseconds == pytest.approx(golden["overall_cost"], abs=0.051)


def test_bytes_of_an_element_count_in_what_travels():
    speed = MachineSpeed(operations=5e14, bandwidth=2e11)
    wide = HeadShape(query_heads=64, kv_heads=8, head_dim=128, element_bytes=4)

    half = part_cost(area=1 << 20, rows=512, heads=HEADS, speed=speed)
    whole = part_cost(area=1 << 20, rows=512, heads=wide, speed=speed)

    assert half.fetch == pytest.approx(512 * 2 * 8 * 128 * 2 / 2e11 * 1e6)
    assert half.compute == pytest.approx(4 * (1 << 20) * 64 * 128 / 5e14 * 1e6)
    assert (whole.fetch, whole.compute) == (2 * half.fetch, half.compute)


def test_without_stages_nothing_can_be_fetched():
    with pytest.raises(UnsupportedInput, match="stages must be"):
        plan_stages(1.0, [], 0)


@pytest.mark.parametrize("speeds", [(0.0, 1.0), (1.0, -1.0), (float("nan"), 1.0)])
def test_speeds_are_above_zero(speeds):
    with pytest.raises(UnsupportedInput, match="above 0"):
        MachineSpeed(operations=speeds[0], bandwidth=speeds[1])


def test_nothing_to_fetch_is_one_stage_of_computing():
    plan = best_stages(5.0, [])

    assert (plan.stages, plan.microseconds) == (((),), 5.0)


@given(st.integers(0, 12), st.integers(1, 9))
def test_every_part_is_fetched_once_and_in_order(parts, stages):
    plan = plan_stages(1.0, [PartCost(fetch=1.0, compute=1.0)] * parts, stages)

    assert [part for chosen in plan.stages for part in chosen] == list(range(parts))
    assert len(plan.stages) == stages
