"""The studio on a real PostgreSQL: the same tests that pass on SQLite, in a process of their own.

By default those that show the differences soonest: locks, leases, requests. With ``--slow`` the whole take machine, the
sockets and the fuzzing, too.
"""

import os
import re
import subprocess
import sys

import pytest

from tests.architecture.source_tree import ROOT
from tests.support.postgresql import postgresql, programs

SOON = (
    "tests/projects/actions/test_people.py", "tests/projects/actions/test_moderation.py",
    "tests/projects/actions/test_take_life.py", "tests/projects/actions/test_collection_lock.py",
    "tests/projects/api/test_requests.py",
)  # fmt: skip
LATER = (
    "tests/projects/actions", "tests/projects/api", "tests/projects/sockets", "tests/projects/shapes",
    "tests/projects/test_dispatcher.py", "tests/webapp/test_health.py", "tests/webapp/test_admin.py",
)  # fmt: skip


@pytest.fixture(scope="module")
def address():
    folder = programs()
    if folder is None:
        pytest.skip("no PostgreSQL that could be started here; Debian's package is called postgresql")
    with postgresql(folder) as found:
        yield found


def run(address: str, *words: str) -> subprocess.CompletedProcess[str]:
    told = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.support.settings",
        "DATABASE_URL": address,
        "OMP_NUM_THREADS": "1",
        "OMP_WAIT_POLICY": "PASSIVE",
    }
    # What the process of these tests was told of its own database and folder.
    told.pop("SCENELOOM_DATA", None)
    return subprocess.run([sys.executable, *words], cwd=ROOT, env=told, capture_output=True, text=True, check=False)


def passed(address: str, *paths: str) -> int:
    done = run(address, "-m", "pytest", "-q", "-p", "no:cacheprovider", *paths)
    assert done.returncode == 0, done.stdout[-6000:]
    return int(re.findall(r"(\d+) passed", done.stdout)[-1])


ASK = """
import django; django.setup()
from django.db import connection
from projects.models import User
print(connection.vendor, User.objects.count(), connection.settings_dict["OPTIONS"]["pool"]["max_size"])
"""


def test_tables_are_made_checked_and_taken_away_again(address):
    for command in (("migrate", "--verbosity", "0"), ("makemigrations", "--check", "--dry-run")):
        done = run(address, "manage.py", *command)
        assert done.returncode == 0, done.stderr
    assert run(address, "-c", ASK).stdout.split() == ["postgresql", "0", "8"]

    back = run(address, "manage.py", "migrate", "projects", "zero", "--verbosity", "0")
    assert back.returncode == 0, back.stderr
    forth = run(address, "manage.py", "migrate", "--verbosity", "0")
    assert forth.returncode == 0, forth.stderr


def test_people_takes_and_requests_behave_as_on_sqlite(address):
    assert passed(address, *SOON) > 60


@pytest.mark.slow
def test_everything_that_asks_the_database_behaves_as_on_sqlite(address):
    assert passed(address, *LATER) > 400
