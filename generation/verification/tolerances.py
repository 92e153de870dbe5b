"""How far a result may be from the golden one, and why: one table."""

from dataclasses import dataclass
from enum import StrEnum


class Measure(StrEnum):
    """What a number says about a difference."""

    # Largest difference over the largest expected value.
    OF_LARGEST = "of the largest value"
    # Length of the difference over the length of what is expected.
    RELATIVE_L2 = "relative L2"
    LARGEST = "largest difference"
    # Largest difference over what is allowed for each number (see Elementwise).
    OF_ALLOWED = "of what is allowed for each number"
    # Values that are not the same.
    UNEQUAL = "values that differ"
    SHARE_UNEQUAL = "share of values that differ"


@dataclass(frozen=True, kw_only=True, slots=True)
class Tolerance:
    """The largest error that passes, in a measure."""

    name: str
    limit: float
    measure: Measure
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Elementwise:
    """An allowance for every single number: ``absolute + relative * |expected|``."""

    absolute: float
    relative: float


EXACT = Tolerance(
    name="exact numbers",
    limit=0,
    measure=Measure.LARGEST,
    reason="one defined order of operations, so every bit is the same: rotary tables, timestep sinusoids, e4m3 "
    "linears, timesteps, pixel tables, scaled pictures and clips",
)
SAME = Tolerance(
    name="facts",
    limit=0,
    measure=Measure.UNEQUAL,
    reason="integers and texts: windows, key ranges, tile plans, token ids, cleaned prompts, names and shapes",
)
FLOAT32 = Tolerance(
    name="float32",
    limit=5e-6,
    measure=Measure.OF_LARGEST,
    reason="float32 sums in another order, up to 1e-6 over a whole clip; a wrong rule moves results by 9e-5 and more",
)
STATED = Tolerance(
    name="float32, by the case",
    limit=1,
    measure=Measure.OF_ALLOWED,
    reason="what the case itself allows for each number, beside the float32 rule: tables with values of all sizes",
)
POSITIONS = Tolerance(
    name="position tables",
    limit=1e-6,
    measure=Measure.LARGEST,
    reason="eight products per value, whose order the library chooses",
)
BFLOAT16_STEP = Tolerance(
    name="position tables in bfloat16",
    limit=1,
    measure=Measure.OF_ALLOWED,
    reason="a resized value may round to the neighbouring bfloat16 number",
)
BFLOAT16 = Tolerance(
    name="bfloat16 and e4m3",
    limit=2e-2,
    measure=Measure.RELATIVE_L2,
    reason="roundings to bfloat16 or e4m3 flip when sums come in another order; measured 1.7e-3 and 8e-3",
)
BFLOAT16_LAYER = Tolerance(
    name="single layers in bfloat16",
    limit=1e-2,
    measure=Measure.RELATIVE_L2,
    reason="the same within one layer, from the golden input",
)
BFLOAT16_SINGLE = Tolerance(
    name="single numbers in bfloat16",
    limit=1e-1,
    measure=Measure.OF_LARGEST,
    reason="roundings that flip early in an e4m3 layer grow to 2e-2; a number that is plainly wrong stands out",
)
BFLOAT16_STEPS = Tolerance(
    name="single numbers of a layer",
    limit=1,
    measure=Measure.OF_ALLOWED,
    reason="two steps of bfloat16: one sum, rounded once",
)
TEXT = Tolerance(
    name="text embeddings",
    limit=2e-5,
    measure=Measure.LARGEST,
    reason="the text encoder's float32 sums, of values up to 4, in another version of the library",
)
LEVELS = Tolerance(
    name="pixels from float32",
    limit=1,
    measure=Measure.LARGEST,
    reason="a float32 value on the edge of a level is cut to either side of it",
)
FEW_LEVELS = Tolerance(
    name="pixels that differ at all",
    limit=1e-3,
    measure=Measure.SHARE_UNEQUAL,
    reason="and only values on an edge are",
)
TOLERANCES: tuple[Tolerance, ...] = (
    EXACT, SAME, FLOAT32, STATED, POSITIONS, BFLOAT16_STEP, BFLOAT16, BFLOAT16_LAYER, BFLOAT16_SINGLE, BFLOAT16_STEPS,
    TEXT, LEVELS, FEW_LEVELS,
)  # fmt: skip
