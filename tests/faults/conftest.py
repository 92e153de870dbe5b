"""One studio of real processes for every fault; after each it is healed, comes to rest, and keeps what it promised."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.support.fault_studio import FaultStudio, fault_studio

# Of the take that others are compared with.
SECONDS = 6
SEED = 5


@pytest.fixture(scope="session")
def running_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultStudio]:
    """Started once: that costs more than most faults."""
    # Waiting asks again and again; a failure should show what it waited for, not how often.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with fault_studio(tmp_path_factory.mktemp("faults")) as running:
        yield running


@pytest.fixture
def studio(running_studio: FaultStudio) -> Iterator[FaultStudio]:
    """The studio, whole before and after the test."""
    running_studio.heal()
    yield running_studio
    running_studio.heal()
    # A worker may end only now of what its broker did to it; the supervisor starts it again.
    running_studio.until(lambda: running_studio.tend() and running_studio.is_quiet(), "every take has ended")
    running_studio.check(at_rest=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Undisturbed:
    """A take of six seconds to which nothing happened."""

    take: str
    fragments: list[bytes]
    movie: bytes
    # From the first stage to the last fragment.
    seconds: float

    def is_same(self, studio: FaultStudio, take: str) -> bool:
        """Whether a take of the same words and seed has the same bytes; its file says its own name."""
        own = studio.movie(take).replace(take.encode(), self.take.encode())
        return studio.fragments(take) == self.fragments and own == self.movie


@pytest.fixture(scope="session")
def project(running_studio: FaultStudio) -> str:
    return running_studio.project()


@pytest.fixture(scope="session")
def shot(running_studio: FaultStudio, project: str) -> str:
    """A shot of six seconds."""
    return running_studio.shot(project, duration_s=SECONDS)


@pytest.fixture(scope="session")
def undisturbed(running_studio: FaultStudio, shot: str) -> Undisturbed:
    """What every other take of this shot and seed must be."""
    # The first one pays for what workers load once.
    for _ in range(2):
        (take,) = running_studio.order(shot, count=1, seed=SEED)
        running_studio.until_ended(take)
    times = running_studio.rows(
        "select julianday(max(c.decoded_at)) - julianday(t.started_at) from projects_take t "
        "join projects_chunk c on c.take_id = t.id where t.id = ?",
        take.replace("-", ""),
    )
    return Undisturbed(
        take=take, fragments=running_studio.fragments(take), movie=running_studio.movie(take),
        seconds=float(times[0][0]) * 86_400,
    )  # fmt: skip
