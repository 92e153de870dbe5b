"""Guided velocities of MAGI-1's own code."""

import pytest

from generation.verification.transformer.guidance import check_guidance
from tests.support.golden import golden_case, golden_names, require_agreement


@pytest.mark.parametrize("name", golden_names("dit/cfg_*"))
def test_guided_velocities_agree_with_the_released_code(name):
    case = golden_case(name)

    made = {comparison.what for comparison in require_agreement(check_guidance(case))}

    for step in case.record.record("cases").names:
        assert {f"{step}.velocity", f"{step}.velocity, all passes run"} <= made
