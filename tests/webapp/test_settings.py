"""A studio for a team is set up as Django's own checks for deployment want it."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def check(tmp_path, **variables):
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("SCENELOOM_", "DJANGO_"))}
    environment |= {"SCENELOOM_MODE": "team", "SCENELOOM_DATA": str(tmp_path), **variables}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_a_team_studio_passes_every_check_for_deployment(tmp_path):
    done = check(tmp_path, SCENELOOM_HOSTS="studio.example.org", SCENELOOM_SECRET_KEY=secrets.token_urlsafe(50))

    assert done.returncode == 0, done.stderr


def test_a_team_studio_without_a_key_does_not_start(tmp_path):
    done = check(tmp_path, SCENELOOM_HOSTS="studio.example.org")

    assert done.returncode != 0
    assert "SCENELOOM_SECRET_KEY must be set in team mode" in done.stderr


def test_a_team_studio_without_hosts_does_not_start(tmp_path):
    done = check(tmp_path, SCENELOOM_SECRET_KEY=secrets.token_urlsafe(50))

    assert done.returncode != 0
    assert "SCENELOOM_HOSTS must name the hosts" in done.stderr
