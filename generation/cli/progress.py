"""What a person sees while a clip is made: a bar, the second it is at, and how long it will take."""

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from generation.sampling.sampler import StepReport


class ClipProgress:
    """A progress bar over the steps of one clip; silent where nobody looks."""

    def __init__(self, console: Console, *, seconds: int, shown: bool) -> None:
        """Prepare the bar.

        Args:
            console: Where it is drawn.
            seconds: Of the finished clip.
            shown: Whether to draw at all.
        """
        self._seconds = seconds
        self._finished = 0
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            disable=not shown,
        )
        self._task = self._progress.add_task(self._words(), total=1.0)

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
        self._progress.update(self._task, completed=report.progress, description=self._words())

    def on_chunk(self, finished: int) -> None:
        """Note finished seconds."""
        self._finished = finished
        self._progress.update(self._task, description=self._words())

    def _words(self) -> str:
        if not self._finished:
            return f"first of {self._seconds} s"
        return f"{self._finished} of {self._seconds} s ready"
