"""Our assignments of chunks to ranks against the min-heap's: rows that travel, balance, and seconds to find them."""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernels.errors import UnsupportedInput
from kernels.planning.baselines import min_heap
from kernels.planning.dispatch import Dispatch, dispatch
from kernels.planning.masks import Mask
from kernels.planning.ranges import Range
from kernels.planning.slices import AttentionSlice, SliceKind
from kernels.planning.traffic import Load, weigh
from kernels.planning.workload import Workload, measure

HELP = "rows that travel between ranks, against the min-heap's"
SECTIONS = ("results_default_chunk", "results")
OFFICIAL = "magi_minheap"


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A mask to be shared out; ``official`` is the area and the received rows of each rank, if the file has them."""

    section: str
    name: str
    mask: Mask
    rows: int
    chunk_rows: int
    ranks: int
    official: Load | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """One case solved; ``official`` is the min-heap's load, from the file or made here."""

    case: Case
    mean_area: float
    official: Load
    ours: Dispatch
    seconds: float

    @property
    def balance(self) -> float:
        """Largest area of a rank over the mean."""
        return max(self.ours.load.areas) / max(1.0, self.mean_area)

    @property
    def keeps_cap(self) -> bool:
        """Whether every rank computes at most max(the min-heap's own largest, 1.01 times the mean)."""
        return max(self.ours.load.areas) <= max(*self.official.areas, 1.01 * self.mean_area)


def add_options(parser: argparse.ArgumentParser) -> None:
    """What can be chosen."""
    parser.add_argument("--cases", type=Path, required=True, metavar="FILE", help="JSON with slices and results")
    parser.add_argument("--section", choices=SECTIONS, help="only this list of cases (all)")
    parser.add_argument("--ranks", type=int, help="only cases with so many ranks (all)")


def run(chosen: argparse.Namespace) -> Iterator[str]:
    """The report on the chosen cases.

    Raises:
        UnsupportedInput: If the file is none of cases.
    """
    return report(
        case
        for case in read_cases(chosen.cases)
        if chosen.section in (None, case.section) and chosen.ranks in (None, case.ranks)
    )


def read_cases(path: Path) -> list[Case]:
    """Cases of a file with masks in ``slices`` and lists of cases in ``results_default_chunk`` or ``results``.

    Raises:
        UnsupportedInput: If it is no such file.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        masks = {name: _mask(slices) for name, slices in document["slices"].items()}
        return [
            _case(section, entry, masks[entry["name"]])
            for section in SECTIONS
            for entry in document.get(section, [])
        ]  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnsupportedInput(f"{path} must be a JSON file of dispatch cases: {error!r}") from error


def solve(case: Case) -> Outcome:
    """Measure the mask, share it out, and count; the seconds hold all three."""
    start = time.perf_counter()
    work = measure(case.mask, rows=case.rows, chunk_rows=case.chunk_rows)
    ours = dispatch(work, case.ranks)
    seconds = time.perf_counter() - start
    official = case.official or _min_heap_load(work, case.ranks)
    return Outcome(
        case=case, mean_area=sum(work.areas) / case.ranks, official=official, ours=ours, seconds=seconds
    )  # fmt: skip


def report(cases: Iterable[Case]) -> Iterator[str]:
    """One line per case as it is solved, then the sums per section and number of ranks."""
    yield f"{'mask':34} {'ranks':>5} {'chunk':>6} {'min-heap rows':>13} {'ours':>8} {'ratio':>6} " + (
        f"{'worst rank':>15} {'balance':>8} {'cap':>4} {'seconds':>8}"
    )
    groups: dict[tuple[str, int], list[Outcome]] = defaultdict(list)
    for case in cases:
        outcome = solve(case)
        groups[case.section, case.ranks].append(outcome)
        yield _line(outcome)
    for (section, ranks), outcomes in groups.items():
        yield _summary(section, ranks, outcomes)


def _line(outcome: Outcome) -> str:
    case, ours, official = outcome.case, outcome.ours.load, outcome.official
    return (
        f"{case.name:34} {case.ranks:5} {case.chunk_rows:6} {official.total_received:13} {ours.total_received:8} "
        f"{_ratio(ours.total_received, official.total_received):6.3f} "
        f"{f'{max(official.received)}->{max(ours.received)}':>15} {outcome.balance:8.4f} "
        f"{'kept' if outcome.keeps_cap else 'OVER':>4} {outcome.seconds:8.3f}"
    )


def _summary(section: str, ranks: int, outcomes: list[Outcome]) -> str:
    ours = sum(outcome.ours.load.total_received for outcome in outcomes)
    official = sum(outcome.official.total_received for outcome in outcomes)
    worst = sum(max(outcome.ours.load.received) for outcome in outcomes)
    official_worst = sum(max(outcome.official.received) for outcome in outcomes)
    kept = sum(outcome.keeps_cap for outcome in outcomes)
    return (
        f"{section}, {ranks} ranks, {len(outcomes)} masks: rows {ours} of {official} = {_ratio(ours, official):.4f}; "
        f"worst rank's rows summed {worst} of {official_worst} = {_ratio(worst, official_worst):.4f}; "
        f"cap kept {kept} of {len(outcomes)}; slowest {max(outcome.seconds for outcome in outcomes):.2f} s"
    )


def _ratio(ours: int, official: int) -> float:
    """Ours over theirs; 1 if nobody moves anything."""
    return ours / official if official else float(ours == official)


def _mask(slices: list[dict[str, Any]]) -> Mask:
    return tuple(
        AttentionSlice(queries=Range(*one["q"]), keys=Range(*one["k"]), kind=SliceKind[one["type"].upper()])
        for one in slices
    )


def _case(section: str, entry: dict[str, Any], mask: Mask) -> Case:
    official = entry.get(OFFICIAL)
    return Case(
        section=section,
        name=entry["name"],
        mask=mask,
        rows=entry["seqlen"],
        chunk_rows=entry["chunk_size"],
        ranks=entry["cp_size"],
        official=official
        and Load(areas=tuple(official["area_per_rank"]), received=tuple(official["recv_kv_rows_per_rank"])),
    )


def _min_heap_load(work: Workload, ranks: int) -> Load:
    return weigh(work, min_heap(work.areas, ranks))
