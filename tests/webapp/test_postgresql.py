"""The studio on a real PostgreSQL: the same tests that pass on SQLite, in a process of their own.

By default those that show the differences soonest: locks, leases, requests. With ``--slow`` the whole take machine, the
sockets and the fuzzing, too.
"""

import json
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
    "tests/projects/actions/test_uploads_lock.py", "tests/projects/api/test_requests.py",
    "tests/projects/models/test_prepared.py",
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


LOSE = """
import json, sys
import django; django.setup()
import psycopg
from django.db import close_old_connections, connection
from django.test import Client

client, said = Client(raise_request_exception=False), []
def ask():
    answer = client.get("/api/v1/me", headers={"host": "localhost"})
    said.append([answer.status_code, answer.json().get("code", "")])

ask()
with psycopg.connect(sys.argv[1], autocommit=True) as other:
    with connection.cursor() as cursor:
        cursor.execute("set lock_timeout = '100ms'")
    with other.transaction():
        other.execute("lock table projects_user in access exclusive mode")
        ask()
    other.execute("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
                  " and datname = current_database()")
    ask()
    # As after every request.
    close_old_connections()
    ask()
print(json.dumps(said))
"""


def test_a_lock_and_a_lost_connection_are_told_apart_and_the_next_request_is_answered(address):
    assert run(address, "manage.py", "migrate", "--verbosity", "0").returncode == 0

    done = run(address, "-c", LOSE, address)

    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said == [[200, ""], [503, "database_busy"], [503, "database_away"], [200, ""]], done.stderr


def test_people_takes_and_requests_behave_as_on_sqlite(address):
    assert passed(address, *SOON) > 60


@pytest.mark.slow
def test_everything_that_asks_the_database_behaves_as_on_sqlite(address):
    assert passed(address, *LATER) > 400
