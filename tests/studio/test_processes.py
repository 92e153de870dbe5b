"""Programs are run, read and stopped."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from studio.processes import child_environment, run, stop


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def test_output_of_both_streams_and_the_code_come_back(tmp_path: Path):
    code = "import sys; print('out', flush=True); print('err', file=sys.stderr); sys.exit(3)"

    done = run(python(code), cwd=tmp_path, environment=os.environ)

    assert (done.code, done.output) == (3, "out\nerr\n")


def test_output_is_handed_on_while_the_program_runs(tmp_path: Path):
    heard: list[str] = []

    done = run(python("print('now')"), cwd=tmp_path, environment=os.environ, on_text=heard.append)

    assert "".join(heard) == done.output == "now\n"


def test_program_that_does_not_exist_is_a_result_not_a_crash(tmp_path: Path):
    done = run((str(tmp_path / "nothing"),), cwd=tmp_path, environment=os.environ)

    assert done.code == 127
    assert "could not be started" in done.output


def test_children_see_nothing_of_another_python():
    base = {"PYTHONPATH": "/elsewhere", "VIRTUAL_ENV": "/other", "LANG": "C"}

    assert child_environment(base, EXTRA="1") == {"LANG": "C", "EXTRA": "1", "PYTHONNOUSERSITE": "1"}


def test_stop_ends_a_program_and_what_it_started(tmp_path: Path):
    grandchild = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    process = subprocess.Popen(python(grandchild), process_group=0, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    time.sleep(0.3)

    stop(process)

    assert process.poll() is not None
    # The pipe closes only when nobody holds it any more.
    reader = threading.Thread(target=process.communicate, daemon=True)
    reader.start()
    reader.join(5)
    assert not reader.is_alive()
