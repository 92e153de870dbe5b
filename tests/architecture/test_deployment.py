"""What a studio is made of on many machines: every process, its checks, its volumes, and all of it documented."""

import ast
import json
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from generation.contract.messages import CONTROL_QUEUE, DECODE_QUEUE, GENERATION_QUEUE
from projects.generation_client import FILES_QUEUE, MEDIA_QUEUE
from tests.architecture.source_tree import HOUSES, ROOT, python_files
from webapp.supervisor.plan import StudioPlan

NEEDED = {
    "SCENELOOM_SECRET_KEY": "key",
    "SCENELOOM_HOSTS": "studio.example.org",
    "SCENELOOM_DATABASE_PASSWORD": "password",
    "SCENELOOM_CERTIFICATES": "/certificates",
}
# Read by tests and the set-up, or meant for people who write code.
NOT_FOR_OPERATORS = {"SCENELOOM_CHROMIUM"}
VARIABLE = re.compile(r"\b(?:SCENELOOM_[A-Z0-9_]+|DATABASE_URL|REDIS_URL)\b")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """Services by name."""
    known = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert "name" not in known, "older versions refuse a name"
    services: dict[str, Any] = known["services"]
    return services


def words(service: dict[str, Any]) -> str:
    command = service.get("command", "")
    return " ".join(command) if isinstance(command, list) else command


def test_every_program_of_a_small_studio_has_its_service(services):
    plan = StudioPlan(root=ROOT, data=ROOT, host="", port=0, redis_url="", secret_key="", base={})

    assert {program.name for program in plan.programs()} <= set(services)
    assert {"redis", "postgres", "proxy", "migrate"} <= set(services)


def test_whatever_is_waited_for_can_say_that_it_is_ready(services):
    for name, service in services.items():
        for needed, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[needed], f"{name} waits for the health of {needed}, which has none"
            else:
                assert services[needed]["restart"] == "no", f"{name} waits for the end of {needed}, which never ends"


def test_everything_that_keeps_something_keeps_it_in_a_volume(services):
    def places(name: str) -> set[str]:
        return {volume.split(":")[0] for volume in services[name]["volumes"]}

    for name in ("web", "migrate", "dispatcher", "control", "media", "files", "generation", "decode", "proxy"):
        assert "data" in places(name), name
    assert places("redis") == {"redis"}
    assert places("postgres") == {"postgres"}
    assert '"--appendonly", "yes"' in (ROOT / "docker-compose.yml").read_text(encoding="utf-8")


def test_everything_that_ends_by_itself_is_started_again_but_the_migration(services):
    assert {name for name, service in services.items() if service["restart"] != "unless-stopped"} == {"migrate"}


def test_workers_are_told_nothing_of_database_and_secrets(services):
    for name in ("generation", "decode"):
        told = services[name]["environment"]
        assert not {"DATABASE_URL", "SCENELOOM_SECRET_KEY"} & set(told), name
        assert told["SCENELOOM_WORKER_KIND"] == name
        assert "-P solo" in words(services[name])


def test_only_the_generation_worker_has_the_gpu_and_only_the_proxy_has_ports(services):
    devices = services["generation"]["deploy"]["resources"]["reservations"]["devices"]

    assert devices == [{"driver": "nvidia", "count": 1, "capabilities": ["gpu"]}]
    assert [name for name, service in services.items() if "deploy" in service] == ["generation"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]


def test_the_proxy_sends_files_only_when_the_studio_says_so(services):
    text = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    place = re.search(r"location /artifacts/ \{(.*?)\}", text, re.DOTALL)

    assert place is not None
    assert "internal;" in place[1]
    assert "alias /data/artifacts/;" in place[1]
    assert services["web"]["environment"]["SCENELOOM_X_ACCEL"] == "1"
    assert "server web:8000;" in text


def test_what_the_image_copies_is_there_and_not_ignored():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copies = re.findall(r"^COPY (?!--)(.+) \S+$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)

    assert ignored[1] == "*"
    for name in " ".join(copies).split():
        assert (ROOT / name).exists(), name
        assert {f"!{name}", f"!{Path(name).parts[0]}"} & set(ignored), name


def test_the_image_does_not_run_as_root():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")

    assert text.rindex("\nUSER studio\n") > text.rindex("RUN ")


def test_every_setting_is_documented_and_every_documented_one_is_read():
    code = [path for path in python_files(*HOUSES) if "supervisor/plan.py" not in str(path)]
    read = {word for path in code for word in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    document = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    documented = {line.split("`")[1] for line in document.splitlines() if VARIABLE.match(line[3:])}

    assert read - NOT_FOR_OPERATORS == documented


def test_every_variable_of_a_service_is_read_by_somebody(services):
    code = [path for path in python_files(*HOUSES) if "supervisor/plan.py" not in str(path)]
    read = {word for path in code for word in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    told = {name for service in services.values() for name in service.get("environment", {}) if VARIABLE.match(name)}

    assert {"SCENELOOM_MODE", "SCENELOOM_ARTIFACTS", "DATABASE_URL", "REDIS_URL"} <= told
    assert told <= read


def test_every_command_of_a_service_is_there(services):
    """Each names a module of ours, a command of manage.py or a queue that somebody sends to."""
    from django.core.management import get_commands

    seen = set()
    image = json.loads(re.search(r"^CMD (.+)$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)[1])
    for name, service in services.items():
        if service.get("image") != "sceneloom":
            continue
        line = words(service).replace("$$", "$").split() if service.get("command") else image
        if "manage.py" in line:
            assert line[line.index("manage.py") + 1] in get_commands(), name
            seen.add("manage")
        elif "celery" in line:
            module = line[line.index("-A") + 1]
            assert find_spec(module) is not None, name
            assert "app" in top_level_names(module), name
            queues = line[line.index("-Q") + 1].strip('"').split(",")
            assert queues[0] in {CONTROL_QUEUE, MEDIA_QUEUE, FILES_QUEUE, GENERATION_QUEUE, DECODE_QUEUE}, name
            seen.add("celery")
        else:
            module, _, attribute = line[-1].partition(":")
            assert line[0] == "uvicorn", name
            assert find_spec(module) is not None, name
            assert attribute in top_level_names(module), name
            seen.add("uvicorn")

    assert seen == {"manage", "celery", "uvicorn"}


def top_level_names(module: str) -> set[str]:
    """What a module's file assigns at its top level, without running it."""
    tree = ast.parse((ROOT / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8"))
    return {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def test_compose_itself_accepts_the_file():
    program = shutil.which("docker-compose")
    if program is None:
        pytest.skip("docker-compose is not installed")
    command = (program, "-f", str(ROOT / "docker-compose.yml"), "config", "--quiet")

    done = subprocess.run(command, env={"PATH": "/usr/bin:/bin", **NEEDED}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

    without = {name: value for name, value in NEEDED.items() if name != "SCENELOOM_SECRET_KEY"}
    refused = subprocess.run(
        command, env={"PATH": "/usr/bin:/bin", **without}, capture_output=True, text=True, check=False
    )
    assert refused.returncode != 0
    assert "SCENELOOM_SECRET_KEY" in refused.stderr
