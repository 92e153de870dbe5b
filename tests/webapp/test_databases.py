"""An address becomes Django's settings of a database."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from webapp.databases import database_of

DATA = Path("/data")


def test_without_an_address_it_is_sqlite_in_the_data_folder_that_survives_a_power_cut():
    database = database_of("", data_folder=DATA)

    assert database["NAME"] == "/data/sceneloom.sqlite3"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in database["OPTIONS"]["init_command"]
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]


def test_sqlite_may_be_named_by_path():
    assert database_of("sqlite:///elsewhere/a.db", data_folder=DATA)["NAME"] == "/elsewhere/a.db"


def test_postgresql_is_read_part_by_part():
    database = database_of("postgresql://me:p%40ss@db.example:5433/films", data_folder=DATA)

    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["NAME"], database["USER"], database["PASSWORD"]) == ("films", "me", "p@ss")
    assert (database["HOST"], database["PORT"]) == ("db.example", "5433")


def test_a_socket_folder_may_stand_in_the_query():
    assert database_of("postgresql:///films?host=/run/pg", data_folder=DATA)["HOST"] == "/run/pg"


def test_another_kind_is_refused():
    with pytest.raises(ImproperlyConfigured, match="must begin with postgresql:// or sqlite:///, got 'mysql'"):
        database_of("mysql://x/y", data_folder=DATA)
