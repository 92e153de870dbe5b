"""The progress bar counts work, not steps."""

import io

import pytest
from rich.console import Console

from generation.cli.progress import ClipProgress, work_before
from tests.support.pipelines import tiny_pipeline


@pytest.fixture
def terminal():
    return Console(file=io.StringIO(), force_terminal=True, width=90)


@pytest.fixture(scope="module")
def pipeline(cache):
    return tiny_pipeline(cache)


@pytest.fixture
def request_of():
    from generation.contract.requests import GenerationRequest

    return lambda seconds: GenerationRequest(prompts=("waves",), seconds=seconds, width=16, height=16)


def test_work_of_a_whole_clip_is_chunks_times_steps(pipeline, request_of):
    done, states = [], []
    clip = pipeline.start(request_of(3))
    clip.watch(on_step=lambda report: done.append(report.num_chunks), on_state=states.append)

    states += [chunk.state for chunk in clip]

    assert sum(done) == 3 * pipeline.sampling.num_steps == work_before(states[-1])
    # Four stages of two steps, with 1, 2, 2 and 1 chunks in flight.
    assert [work_before(state) for state in states] == [2, 6, 10, 12]


def test_bar_reaches_its_end(pipeline, request_of, terminal):
    clip = pipeline.start(request_of(2))
    with ClipProgress(terminal, clip.state, shown=True) as progress:
        for chunk in clip.watch(on_step=progress.on_step):
            progress.on_chunk(chunk.index + 1)

    assert "2 of 2 s ready" in terminal.file.getvalue()
    assert "100%" in terminal.file.getvalue()


def test_bar_of_a_resumed_clip_begins_where_it_stopped(pipeline, request_of, terminal):
    clip = pipeline.start(request_of(2))
    next(iter(clip))

    with ClipProgress(terminal, clip.state, shown=True):
        pass

    assert "1 of 2 s ready" in terminal.file.getvalue()
    assert "75%" in terminal.file.getvalue()


def test_stopping_is_shown(pipeline, request_of, terminal):
    with ClipProgress(terminal, pipeline.start(request_of(1)).state, shown=True) as progress:
        progress.on_stopping()

    assert "stopping; again: now" in terminal.file.getvalue()


def test_log_file_gets_a_line_per_second(pipeline, request_of):
    console = Console(file=io.StringIO(), width=90)
    with ClipProgress(console, pipeline.start(request_of(2)).state, shown=True) as progress:
        progress.on_chunk(1)
        progress.on_chunk(2)

    assert console.file.getvalue() == "1 of 2 s ready\n2 of 2 s ready\n"


def test_quiet_draws_nothing(pipeline, request_of, terminal):
    with ClipProgress(terminal, pipeline.start(request_of(1)).state, shown=False) as progress:
        progress.on_chunk(1)

    assert terminal.file.getvalue() == ""
