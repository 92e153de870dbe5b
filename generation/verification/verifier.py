"""Runs every case of a folder; whatever is wrong with one, the others are still compared."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generation.errors import GenerationError
from generation.verification.case import GoldenCase
from generation.verification.kinds import Kind, find_kind, is_input
from generation.verification.measures import Comparison
from generation.verification.tolerances import FLOAT32, Tolerance

NAMES_SHOWN = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseResult:
    """What came of one case."""

    name: str
    comparisons: tuple[Comparison, ...] = ()
    # Why it could not be compared, or not all of it.
    problem: str = ""
    headline: Tolerance = FLOAT32

    @property
    def passed(self) -> bool:
        """Whether something was compared, all of it passed, and nothing was left out."""
        return bool(self.comparisons) and not self.problem and not self.failures

    @property
    def failures(self) -> tuple[Comparison, ...]:
        """Comparisons beyond their tolerance, the worst first."""
        failed = [comparison for comparison in self.comparisons if not comparison.passed]
        return tuple(sorted(failed, key=lambda comparison: -comparison.severity))

    @property
    def worst(self) -> Comparison | None:
        """The comparison that stands for the case: the worst failure, else the worst under the tolerance that matters.

        None if nothing was compared.
        """
        decisive = [comparison for comparison in self.comparisons if comparison.tolerance is self.headline]
        among = self.failures or decisive or self.comparisons
        return max(among, key=lambda comparison: comparison.severity, default=None)


def verify_folder(folder: Path, *, elsewhere: Sequence[Path] = ()) -> Iterator[CaseResult]:
    """Compare every case of a folder, in the order of their names.

    A folder without cases, and tensors without a JSON file beside them, are failures: silence proves nothing.

    Args:
        folder: Laid out like the golden folders of the transformer and the autoencoder.
        elsewhere: Folders in which to look for checkpoints and files that do not lie in this one.
    """
    if not folder.is_dir():
        yield CaseResult(name=str(folder), problem="there is no such folder")
        return
    cases = [case for case in _files_of(folder, elsewhere) if not is_input(case)]
    orphans = [path for path in sorted(folder.glob("*.safetensors")) if not path.with_suffix(".json").is_file()]
    if not cases and not orphans:
        yield CaseResult(name=str(folder), problem="there are no cases in it")
    for case in cases:
        yield verify_case(case)
    for path in orphans:
        yield CaseResult(name=path.stem, problem=f"{path.name} has no {path.stem}.json beside it that says what it is")


def find_inputs(folder: Path) -> tuple[str, ...]:
    """Names of the files that other cases look at, and that are not compared themselves."""
    return tuple(case.name for case in _files_of(folder, ()) if is_input(case))


def _files_of(folder: Path, elsewhere: Sequence[Path]) -> list[GoldenCase]:
    return [GoldenCase(path, elsewhere=elsewhere) for path in sorted(folder.glob("*.json"))]


def verify_case(case: GoldenCase) -> CaseResult:
    """Compare one case; never raises."""
    comparisons: list[Comparison] = []
    headline, problem = FLOAT32, ""
    try:
        kind = find_kind(case)
        problem = _missing(case, kind)
        if kind is not None and not problem:
            headline = kind.headline
            # One by one, so that what was compared before an error is kept.
            for comparison in kind.check(case):
                comparisons.append(comparison)  # noqa: PERF402
            problem = _left_out(case, comparisons)
    except GenerationError as error:
        problem = str(error)
    except Exception as error:  # noqa: BLE001 - a case is a stranger's file: any way to fail is that case's failure
        problem = f"{type(error).__name__}: {error}"
    return CaseResult(name=case.name, comparisons=tuple(comparisons), problem=problem, headline=headline)


def _missing(case: GoldenCase, kind: Kind | None) -> str:
    """What keeps a case from being compared at all."""
    if kind is None:
        return "neither its name nor what it holds says what to compare"
    if not kind.without_tensors and not case.tensor_file.is_file():
        return f"{case.tensor_file.name} must lie beside {case.path.name}"
    return ""


def _left_out(case: GoldenCase, comparisons: list[Comparison]) -> str:
    """What a case holds that was neither compared nor computed with."""
    if not comparisons:
        return "it holds nothing to compare"
    if not case.unread:
        return ""
    more = len(case.unread) - NAMES_SHOWN
    return f"not compared: {', '.join(case.unread[:NAMES_SHOWN])}" + (f" and {more} more" if more > 0 else "")
