"""A planted fault: one guard taken out, and the tests that must turn red."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class PlantedFault:
    """One guard, how it is taken out, and who must notice."""

    name: str
    # What people would see if the guard were not there.
    harm: str
    path: str
    # Stands in the file exactly once.
    guard: str
    # Stands in its place.
    instead: str
    # Pytest ids; at least one of them must fail.
    tests: tuple[str, ...]
