"""Four processes that are ranks of one group, for all tests here."""

import pytest

from tests.kernels.distributed.rank_processes import RankProcesses


@pytest.fixture(scope="session")
def processes():
    found = RankProcesses()
    yield found
    found.close()
