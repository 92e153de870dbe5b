"""Side effects live in the files whose names say so."""

import ast
from pathlib import Path

import pytest

from tests.architecture.source_tree import HOUSES, dotted, imported_modules, nodes, python_files, refuse, shown

# Where generation touches files: the entry points, the three places that know formats, and the stores named for it.
FILE_PLACES = (
    "generation/pipeline/clip_folder.py", "generation/pipeline/folder_lock.py", "generation/text/embedding_cache.py",
    "generation/__main__.py", "generation/cli/", "generation/artifacts/", "generation/media/", "generation/weights/",
    "generation/text/encoder.py", "generation/verification/", "generation/evaluation/",
    "generation/training/", "generation/serving/tasks.py", "kernels/benchmark.py",
    "projects/media/", "projects/management/", "webapp/supervisor/",
)  # fmt: skip
# Reading a small text file whole is no effect; changing the disk is.
FILE_CHANGES = {"write_bytes", "write_text", "mkdir", "unlink", "rename", "rmdir", "touch", "symlink_to", "rmtree"}
# Trainings draw pictures of their progress; strangers' files are opened in media, and by the child in the sandbox.
LIBRARY_PLACES = {
    "av": ("generation/media/", "projects/media/"),
    "PIL": ("generation/media/", "generation/training/", "generation/evaluation/", "projects/media/"),
}  # fmt: skip
# Rows change in actions. What carries them there: the outbox, and the one user of a studio without log-in.
ROW_PLACES = ("projects/actions/", "projects/events.py", "webapp/local_user.py", "projects/management/")
ROW_CHANGES = {"create", "bulk_create", "update", "bulk_update", "delete", "get_or_create", "update_or_create"}
# Never, anywhere: code from files, one generator for all, unpickled weights.
FORBIDDEN_CALLS = {
    "torch.load", "torch.save", "torch.manual_seed", "torch.seed", "torch.random.manual_seed",
    "torch.set_default_dtype", "torch.set_default_device", "numpy.random.seed", "np.random.seed", "random.seed",
    "eval", "exec", "compile", "os.system",
}  # fmt: skip
# Named by the server or by Celery, so they are modules that set a process up when imported.
ENTRY_POINTS = ("webapp/asgi.py", "webapp/celery.py")
# Set up once for the whole process, so only by what starts it.
ENTRY_POINT_CALLS = {"logging.basicConfig", "logging.config.dictConfig"}
FORBIDDEN_MODULES = {"pickle", "cloudpickle", "dill", "joblib", "shelve", "marshal", "urllib3", "requests"}


def in_places(path: Path, places: tuple[str, ...]) -> bool:
    return shown(path).startswith(places)


def findings(path: Path, node: ast.AST, what: str) -> str:
    return f"{shown(path)}:{getattr(node, 'lineno', 0)}: {what}"


def test_nothing_is_global():
    found = [
        findings(path, node, "global") for path in python_files(*HOUSES, "tools") for node in nodes(path, ast.Global)
    ]

    refuse(found)


def test_nothing_dangerous_is_called():
    found = [
        findings(path, node, dotted(node.func))
        for path in python_files(*HOUSES, "tools")
        for node in nodes(path, ast.Call)
        if dotted(node.func) in FORBIDDEN_CALLS
    ]

    refuse(found)


def test_process_wide_settings_are_made_by_entry_points():
    refuse(
        findings(path, node, dotted(node.func))
        for path in python_files(*HOUSES)
        if path.name not in ("__main__.py", "tasks.py") and not in_places(path, ("generation/cli/",))
        for node in nodes(path, ast.Call)
        if dotted(node.func) in ENTRY_POINT_CALLS
    )


def test_nothing_is_pickled():
    found = {
        f"{shown(path)}: {name}"
        for path in python_files(*HOUSES, "tools")
        for name in imported_modules(path)
        if name.split(".")[0] in FORBIDDEN_MODULES
    }
    allowed_pickles = [
        findings(path, node, "allow_pickle must be False")
        for path in python_files(*HOUSES)
        for node in nodes(path, ast.keyword)
        if node.arg == "allow_pickle" and not (isinstance(node.value, ast.Constant) and node.value.value is False)
    ]

    refuse(found)
    refuse(allowed_pickles)


def test_numpy_files_are_loaded_without_pickles():
    found = [
        findings(path, node, "np.load without allow_pickle=False")
        for path in python_files(*HOUSES)
        for node in nodes(path, ast.Call)
        if dotted(node.func) in ("np.load", "numpy.load") and "allow_pickle" not in {word.arg for word in node.keywords}
    ]

    refuse(found)


def opens_for_writing(node: ast.Call) -> bool:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else dotted(node.func)
    if name in FILE_CHANGES:
        return True
    if name != "open":
        return False
    modes = [word.value for word in node.keywords if word.arg == "mode"]
    modes += node.args[0:1] if isinstance(node.func, ast.Attribute) else node.args[1:2]
    return any(isinstance(mode, ast.Constant) and set(str(mode.value)) & set("wax+") for mode in modes)


def test_disk_is_changed_only_where_files_are_the_business():
    found = [
        findings(path, node, ast.unparse(node.func))
        for path in python_files(*HOUSES)
        if not in_places(path, FILE_PLACES)
        for node in nodes(path, ast.Call)
        if opens_for_writing(node)
    ]

    refuse(found)


@pytest.mark.parametrize(("library", "places"), LIBRARY_PLACES.items(), ids=list(LIBRARY_PLACES))
def test_pictures_and_video_are_opened_where_they_are_checked(library, places):
    refuse(
        shown(path)
        for path in python_files(*HOUSES)
        if not in_places(path, places) and library in {name.split(".")[0] for name in imported_modules(path)}
    )


def test_forward_names_all_that_it_takes():
    found = [
        findings(path, node, "**kwargs in forward")
        for path in python_files(*HOUSES)
        for node in nodes(path, ast.FunctionDef)
        if node.name == "forward" and (node.args.kwarg or node.args.vararg)
    ]

    refuse(found)


def test_files_do_nothing_when_imported():
    """At the top level stand imports, definitions and constants, nothing that is done."""
    done = (ast.For, ast.While, ast.With, ast.Assert, ast.Delete, ast.AugAssign)
    found = [
        findings(path, node, type(node).__name__)
        for path in python_files(*HOUSES)
        if path.name != "__main__.py" and not in_places(path, ENTRY_POINTS)
        for tree in nodes(path, ast.Module)
        for node in tree.body
        if isinstance(node, done) or (isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant))
    ]

    refuse(found)


def test_every_module_has_a_docstring():
    found = [
        shown(path)
        for path in python_files(*HOUSES, "tools")
        for tree in nodes(path, ast.Module)
        if not ast.get_docstring(tree)
    ]

    refuse(found)


def changes_rows(node: ast.Call) -> bool:
    """Whether a call on a table or a query of one changes rows, or saves an instance."""
    if not isinstance(node.func, ast.Attribute):
        return False
    if node.func.attr == "save":
        return True
    return node.func.attr in ROW_CHANGES and ".objects" in ast.unparse(node.func.value)


def test_rows_are_changed_in_actions_only():
    refuse(
        findings(path, node, ast.unparse(node.func))
        for path in python_files("webapp", "projects")
        # There, what is saved is a picture.
        if not in_places(path, (*ROW_PLACES, "projects/media/"))
        for node in nodes(path, ast.Call)
        if changes_rows(node)
    )


def test_sockets_hear_of_events_through_one_file():
    refuse(
        shown(path)
        for path in python_files(*HOUSES)
        if shown(path) != "projects/events.py"
        for node in nodes(path, ast.Attribute)
        if node.attr == "group_send"
    )
