"""``python -m webapp.supervisor``: the studio, from the database to the address, until it is told to stop."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.error import URLError

from projects.errors import Unavailable
from projects.media.signing_identity import studio_identity
from webapp.supervisor.children import Children
from webapp.supervisor.lock import RunsAlready, StudioLock
from webapp.supervisor.log import StudioLog
from webapp.supervisor.plan import Program, StudioPlan
from webapp.supervisor.ports import free_port, wanted_port
from webapp.supervisor.redis_server import NoRedis, find_server, plan_server, wait_until_up
from webapp.supervisor.secret import secret_key
from webapp.supervisor.stopping import Stop, StopWish

ROOT = Path(__file__).resolve().parents[2]
_TEND_SECONDS = 0.2
_READY_SECONDS = 120.0


def main() -> int:
    """Run the studio; 0 after a clean stop."""
    data = Path(os.environ.get("SCENELOOM_DATA", "") or ROOT / "data").absolute()
    wish = StopWish()
    wish.listen()
    try:
        with StudioLock(data) as lock:
            return _run(data, lock, wish)
    except RunsAlready as error:
        print(error)
        return 1
    except (NoRedis, OSError, Unavailable) as error:
        print(f"The studio cannot start: {error}", file=sys.stderr)
        return 1
    except Stop:
        return 0


def _run(data: Path, lock: StudioLock, wish: StopWish) -> int:
    host = os.environ.get("SCENELOOM_HOST", "") or "127.0.0.1"
    wanted = wanted_port(os.environ.get("SCENELOOM_PORT", ""))
    port = free_port(host, wanted)
    log = StudioLog(data / "logs")
    # Django looks for static files of the admin here, and says so where there is no folder.
    (data / "static").mkdir(exist_ok=True)
    if port != wanted and wanted:
        log.say("studio", f"port {wanted} is taken; using {port}")
    children = Children(ROOT, log, wish)
    own_folder: Path | None = None
    try:
        redis_url = os.environ.get("REDIS_URL", "")
        if redis_url:
            wait_until_up(redis_url, None)
        else:
            server = plan_server(find_server(os.environ), data)
            redis_url, own_folder = server.url, server.folder
            process = children.start(Program(name="redis", command=server.command, environment=dict(os.environ)))
            wait_until_up(redis_url, process)
        plan = StudioPlan(
            root=ROOT,
            data=data,
            host=host,
            port=port,
            redis_url=redis_url,
            secret_key=secret_key(data, os.environ.get("SCENELOOM_SECRET_KEY", "")),
            base=dict(os.environ),
        )
        # A certificate that cannot be used is said now, not at the first download.
        studio_identity(
            data_folder=data,
            certificate_file=os.environ.get("SCENELOOM_CERTIFICATE_FILE", ""),
            key_file=os.environ.get("SCENELOOM_CERTIFICATE_KEY_FILE", ""),
        )
        _migrate(plan)
        for program in plan.programs():
            children.start(program)
        _watch(plan, children, log, lock)
    except Stop:
        log.say("studio", "stopping")
    finally:
        children.stop()
        if own_folder is not None:
            shutil.rmtree(own_folder, ignore_errors=True)
        log.say("studio", "stopped")
        log.close()
    return 0


def _migrate(plan: StudioPlan) -> None:
    done = subprocess.run(
        (sys.executable, "manage.py", "migrate", "--verbosity", "0"), cwd=ROOT, env=plan.environment(),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise OSError(f"the database cannot be brought up to date:\n{done.stderr.strip()[-2000:]}")


def _watch(plan: StudioPlan, children: Children, log: StudioLog, lock: StudioLock) -> None:
    """Keep everything running, for ever; say once where the studio is."""
    said, until = False, time.monotonic() + _READY_SECONDS
    while True:
        children.tend()
        if not said and _is_ready(plan):
            said = True
            lock.say(plan.address)
            log.say("studio", f"ready at {plan.address}  (Ctrl-C stops it; log: {log.path})")
        elif not said and time.monotonic() > until:
            said = True
            log.say("studio", f"not ready after {_READY_SECONDS:.0f} s; see above, or ./studio doctor")
        time.sleep(_TEND_SECONDS)


def _is_ready(plan: StudioPlan) -> bool:
    request = urllib.request.Request(plan.ready_url, headers={"Host": plan.known_host})  # noqa: S310 - our own
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310 - our own
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


if __name__ == "__main__":
    sys.exit(main())
