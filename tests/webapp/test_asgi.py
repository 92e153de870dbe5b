"""The web process has everything loaded before the first request, and its collector leaves that alone."""

import json
import os
import subprocess
import sys

from tests.architecture.source_tree import ROOT

LOOK = """
import gc, json, sys, webapp.asgi
frozen, left = gc.get_freeze_count(), len(gc.get_objects())
print(json.dumps({"frozen": frozen, "left": left, "views": "projects.api.projects" in sys.modules}))
"""


def test_what_is_loaded_is_loaded_at_once_and_not_looked_through_again(tmp_path):
    told = {**os.environ, "SCENELOOM_DATA": str(tmp_path), "SCENELOOM_SECRET_KEY": "s" * 50}
    done = subprocess.run(
        (sys.executable, "-c", LOOK), cwd=ROOT, env=told, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])

    assert found["views"]
    assert found["frozen"] > 100_000
    assert found["left"] < found["frozen"] / 20
