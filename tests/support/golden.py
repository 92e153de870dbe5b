"""Golden cases of the small copy, and what tests ask of their comparisons."""

from collections.abc import Iterable
from pathlib import Path

from generation.verification.case import GoldenCase
from generation.verification.measures import Comparison

FOLDER = Path(__file__).resolve().parents[1] / "reference"


def golden_case(name: str) -> GoldenCase:
    """A case of the small copy by folder and name: ``dit/cfg_tiny4b``."""
    return GoldenCase(FOLDER / f"{name}.json")


def golden_names(pattern: str) -> list[str]:
    """Names of the cases that a glob matches below the small copy: ``dit/sampler_*``."""
    return sorted(str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.glob(f"{pattern}.json"))


def require_agreement(comparisons: Iterable[Comparison]) -> list[Comparison]:
    """Fail with every comparison beyond its tolerance, or if there is none at all."""
    made = list(comparisons)
    wrong = [f"{one.what}: {one.error} of {one.tolerance.limit} {one.note}" for one in made if not one.passed]
    assert made
    assert not wrong, "\n".join(wrong)
    return made
