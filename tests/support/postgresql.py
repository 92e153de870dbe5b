"""A PostgreSQL of the tests' own: started in a folder, reached by a socket in it, gone with it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# PostgreSQL refuses to run as root.
_ACCOUNT = "postgres"
_USER = "sceneloom"


def programs() -> Path | None:
    """Where the newest server's programs are; None if there is none that could be started here."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    folder = found[-1].parent if found else (Path(on_path).resolve().parent if on_path else None)
    if folder is None or not (folder / "pg_ctl").is_file():
        return None
    if os.getuid() == 0 and (shutil.which("setpriv") is None or not _has_account()):
        return None
    return folder


def _has_account() -> bool:
    return any(line.startswith(f"{_ACCOUNT}:") for line in Path("/etc/passwd").read_text().splitlines())


@contextmanager
def postgresql(bin_folder: Path) -> Iterator[str]:
    """The address of an empty server, as ``DATABASE_URL`` has it."""
    # Short: a socket's path has about a hundred characters.
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as name:
        folder = Path(name)
        prefix: tuple[str, ...] = ()
        if os.getuid() == 0:
            shutil.chown(folder, _ACCOUNT, _ACCOUNT)
            prefix = ("setpriv", f"--reuid={_ACCOUNT}", f"--regid={_ACCOUNT}", "--clear-groups")
        folder.chmod(0o711)
        data = folder / "data"

        def run(program: str, *words: str) -> None:
            command = (*prefix, str(bin_folder / program), "-D", str(data), *words)
            done = subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
            assert done.returncode == 0, done.stderr.decode()

        run("initdb", "-A", "trust", "-U", _USER, "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=60"
        run("pg_ctl", "-w", "-o", options, "-l", str(folder / "log"), "start")
        try:
            yield f"postgresql://{_USER}@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
