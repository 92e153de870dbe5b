"""Every package that is installed is pinned to one version."""

import re
import tomllib
from importlib import metadata

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.architecture.source_tree import ROOT, refuse

PIN = re.compile(r"^[\w.-]+==[\w.]+$")
LINES = [
    line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if line and line[0] != "#"
]  # fmt: skip
PINNED = {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in LINES)}


def wanted_by_us() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = map(Requirement, (*project["dependencies"], *project["optional-dependencies"]["dev"]))
    return [requirement for requirement in wanted if applies(requirement, set())]


def applies(requirement: Requirement, extras: set[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in extras or {""})


def all_that_is_needed() -> set[str]:
    """Names of everything that our requirements bring in on this machine."""
    waiting, found = wanted_by_us(), set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found:
            continue
        found.add(name)
        below = map(Requirement, metadata.distribution(name).requires or ())
        waiting += [other for other in below if applies(other, requirement.extras)]
    return found


def test_constraints_are_exact_and_name_no_place():
    assert [line for line in LINES if not PIN.match(line)] == []


def test_constraints_are_sorted_and_name_each_package_once():
    assert sorted(LINES, key=str.lower) == LINES
    assert len(PINNED) == len(LINES)


def test_our_own_requirements_allow_what_is_pinned():
    wrong = [
        str(need) for need in wanted_by_us() if PINNED.get(canonicalize_name(need.name), "none") not in need.specifier
    ]

    refuse(wrong)


def test_everything_needed_is_pinned():
    refuse(all_that_is_needed() - set(PINNED))


def test_every_pin_serves_the_oldest_python_we_promise():
    """Not only the newest 3.11: Debian 12 has 3.11.2."""
    promised = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    oldest = f"{promised.removeprefix('>=')}.0"
    distributions = [found for name in all_that_is_needed() for found in metadata.distributions(name=name)]

    refuse(
        f"{found.metadata['Name']} {found.version} requires Python {found.metadata['Requires-Python']}"
        for found in distributions
        if not SpecifierSet(found.metadata["Requires-Python"] or "").contains(oldest)
    )
