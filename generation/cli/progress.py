"""What a person sees while a clip is made: a bar, the second it is at, and how long it will take."""

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from generation.sampling.sampler import StepReport
from generation.sampling.state import SamplerState
from generation.sampling.window import stage_at

# Far longer than a step ever takes: the estimate rests on the whole clip so far.
_ESTIMATE_SECONDS = 24 * 3600.0


class ClipProgress:
    """A progress bar over the work of one clip; where no terminal is, a line per finished second.

    A step counts as much as there are chunks in flight, so the bar moves evenly while the window fills and drains.
    """

    def __init__(self, console: Console, state: SamplerState, *, shown: bool) -> None:
        """Prepare the bar.

        Args:
            console: Where it is drawn.
            state: Where the clip stands.
            shown: Whether to draw at all.
        """
        self._console = console
        self._shown = shown
        self._total = state.num_chunks
        self._finished = state.num_finished_chunks
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            speed_estimate_period=_ESTIMATE_SECONDS,
            disable=not (shown and console.is_terminal),
        )
        self._task = self._progress.add_task(
            self._words(), total=state.num_chunks * state.sampling.num_steps, completed=work_before(state)
        )

    def __enter__(self) -> "ClipProgress":
        """Start drawing."""
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop drawing."""
        self._progress.stop()

    def on_step(self, report: StepReport) -> None:
        """Move the bar."""
        self._progress.advance(self._task, report.num_chunks)

    def on_chunk(self, finished: int) -> None:
        """Note finished seconds."""
        self._finished = finished
        self._progress.update(self._task, description=self._words())
        if self._shown and not self._console.is_terminal:
            self._console.print(self._words())

    def on_stopping(self) -> None:
        """Say that the clip stops as soon as nothing is lost."""
        self._progress.update(self._task, description="stopping; again: now")

    def _words(self) -> str:
        return f"{self._finished} of {self._total} s ready"


def work_before(state: SamplerState) -> int:
    """Steps that chunks have taken in the stages before a state; a whole clip takes chunks times steps."""
    stages = (
        stage_at(index, num_chunks=state.num_chunks, window_size=state.sampling.window_size, first_chunk=0)
        for index in range(state.stage)
    )
    return state.sampling.steps_per_stage * sum(len(stage.chunks) for stage in stages)
