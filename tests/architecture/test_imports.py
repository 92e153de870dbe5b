"""Importing does nothing, and each house imports without what it must not know."""

import json
import subprocess
import sys

import pytest

from tests.architecture.source_tree import HOUSES, ROOT, imported_modules, module_name, python_files, refuse

PROBE = ROOT / "tests/architecture/import_probe.py"
WEB = ("django", "channels", "rest_framework", "redis")
# Celery speaks to its broker by the redis library.
WEB_WITHOUT_REDIS = ("channels", "rest_framework")
LIBRARIES, PRODUCT = ("generation", "kernels"), ("webapp", "projects")
MODULES = tuple(module_name(path) for path in python_files(*LIBRARIES) if path.name != "__main__.py")
# They start a process, so they set its environment; Django runs them itself.
ENTRY_POINTS = ("webapp.asgi", "webapp.celery", "webapp.settings", "webapp.celery_settings")
PRODUCT_MODULES = tuple(
    name
    for name in map(module_name, python_files(*PRODUCT))
    if name not in ENTRY_POINTS and ".management." not in name and not name.endswith("__main__")
)
# What the product may import: it must never load the model.
TORCH_FREE = (
    "generation.contract.requests", "generation.contract.messages", "generation.errors", "generation.config",
    "generation.presets", "generation.magi_config", "generation.media", "generation.artifacts",
    "generation.text.cleaning", "kernels.planning",
)  # fmt: skip


QUEUE_DOOR = "generation.serving.tasks"
# They can only be imported once Django is set up, which the probe does itself.
NEED_DJANGO = ("django", "channels", "rest_framework", "drf_spectacular", "django_filters")


def is_kernel(module: str) -> bool:
    return module.startswith("kernels.") and module.endswith(".kernel")


def is_torch_free(module: str) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in TORCH_FREE)


def libraries_of(*modules: str) -> list[str]:
    """The libraries that these modules name at the top of their files, themselves apart."""
    paths = [path for path in python_files(*HOUSES) if module_name(path) in modules]
    named = {name for path in paths for name in imported_modules(path)}
    ours = {*HOUSES, "triton", "celery"}
    return sorted(name for name in named if name.split(".")[0] not in ours)


def probe(
    modules: tuple[str, ...], *, blocked: tuple[str, ...], preload: list[str], in_django: bool = False
) -> list[str]:
    """What the imports did that they should not have done."""
    question = {"modules": modules, "blocked": blocked, "preload": preload, "in_django": in_django}
    done = subprocess.run(
        (sys.executable, str(PROBE)), input=json.dumps(question), cwd=ROOT, capture_output=True, text=True,
        check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [f"{name}: {note}" for name, notes in json.loads(done.stdout).items() for note in notes]


@pytest.fixture(scope="module")
def torch_free() -> tuple[str, ...]:
    return tuple(name for name in MODULES if is_torch_free(name))


def test_importing_any_module_does_nothing_and_needs_neither_web_nor_queue_nor_triton():
    """Each operation has a plain twin, so nothing but a kernel itself may need Triton; Celery has one door."""
    modules = tuple(name for name in MODULES if name != QUEUE_DOOR and not is_kernel(name))

    refuse(probe(modules, blocked=(*WEB, "celery", "triton"), preload=libraries_of(*modules)))


def test_importing_the_queue_door_does_nothing_and_needs_no_web_framework():
    modules = tuple(name for name in MODULES if name == QUEUE_DOOR)

    refuse(probe(modules, blocked=WEB_WITHOUT_REDIS, preload=[*libraries_of(*MODULES), "celery", "kombu"]))


def test_what_the_product_imports_never_needs_torch(torch_free):
    assert torch_free, "the list of torch-free modules fits nothing"
    refuse(probe(torch_free, blocked=("torch", "triton", "transformers"), preload=libraries_of(*torch_free)))


def test_the_product_does_nothing_when_imported_and_never_needs_torch():
    libraries = [name for name in libraries_of(*PRODUCT_MODULES) if name.split(".")[0] not in NEED_DJANGO]

    refuse(probe(PRODUCT_MODULES, blocked=("torch", "triton", "transformers"), preload=libraries, in_django=True))


def test_contract_messages_and_errors_need_the_standard_library_only():
    blocked = ("torch", "triton", "transformers", "numpy", "av", "PIL", "celery")

    plain = ("generation.contract.requests", "generation.contract.messages", "generation.errors")
    refuse(probe(plain, blocked=blocked, preload=[]))


def test_set_up_needs_the_standard_library_only():
    """It runs before anything is installed."""
    named = {name.split(".")[0] for path in python_files("tools/studio") for name in imported_modules(path)}

    assert named - sys.stdlib_module_names == {"studio"}
