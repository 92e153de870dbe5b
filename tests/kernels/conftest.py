"""Where tests of Triton kernels run: in a process with the interpreter, or here with what is compiled kept apart."""

from collections.abc import Iterator

import pytest
import torch

from tests.kernels import triton_bed
from tests.kernels.interpreter_process import InterpreterProcess

INTERPRETER = pytest.StashKey[InterpreterProcess]()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what needs Triton where there is none."""
    marked = item.get_closest_marker("interpreter") or item.get_closest_marker("compiles")
    if marked and not triton_bed.is_installed():
        pytest.skip("needs Triton, which comes for Linux only")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Hand tests of interpreted kernels on to the process where they are interpreted."""
    if pyfuncitem.get_closest_marker("interpreter") is None or triton_bed.interprets():
        return None
    config, stash = pyfuncitem.config, pyfuncitem.config.stash
    if INTERPRETER not in stash:
        stash[INTERPRETER] = InterpreterProcess(*(["--slow"] if config.getoption("--slow") else []))
        config.add_cleanup(stash[INTERPRETER].close)
    outcome, text = stash[INTERPRETER].run(pyfuncitem.nodeid)
    if outcome == "failed":
        pytest.fail(text, pytrace=False)
    if outcome == "skipped":
        pytest.skip(text)
    return True


@pytest.fixture(autouse=True, scope="session")
def compiled_kernels(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep compiled kernels beside what else pytest keeps, so that unchanged ones are not compiled again."""
    with pytest.MonkeyPatch.context() as patch:
        if request.config.pluginmanager.hasplugin("cacheprovider"):
            patch.setenv("TRITON_CACHE_DIR", str(request.config.cache.mkdir("triton")))
        yield


@pytest.fixture
def poisoned_memory() -> Iterator[None]:
    """Fill new tensors with NaN, so that what a kernel forgets to write shows."""
    torch.use_deterministic_algorithms(mode=True)
    yield
    torch.use_deterministic_algorithms(mode=False)
