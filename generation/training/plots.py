"""Curves of a run as a PNG, drawn without a plotting library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from math import isfinite
from pathlib import Path

from PIL import Image, ImageDraw

from generation.artifacts import atomic_write
from generation.errors import RequestError
from generation.training.runs.run_folder import RunFolder, read_records

_WIDTH, _HEIGHT = 460, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 10, 24, 24
_COLOURS = ((31, 119, 180), (214, 39, 40), (44, 160, 44), (255, 127, 14), (148, 103, 189), (23, 190, 207))
_INK, _FAINT = (40, 40, 40), (225, 225, 225)
_LINES = 4
# Points are means over this share of the run, so that a trend is seen through the noise.
_SMOOTH_SHARE = 0.03
# Drawn in one panel; every other metric has a panel of its own.
_GROUPS = ("loss_t", "loss_")
_COLUMNS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Curve:
    """One metric through a run."""

    name: str
    # (step, value), steps rising.
    points: tuple[tuple[float, float], ...]


def plot_run(run: RunFolder) -> Path:
    """Draw all metrics of a run into ``curves.png`` in its folder.

    Raises:
        RequestError: If nothing has been logged.
        StorageError: If the log cannot be read or the picture not written.
    """
    panels = panels_of(read_records(run.log))
    if not panels:
        raise RequestError(f"{run.log} must hold logged steps, got none; train first")
    path = run.root / "curves.png"
    atomic_write(path, draw_panels(panels))
    return path


def panels_of(records: Sequence[Mapping[str, float]]) -> dict[str, list[Curve]]:
    """Sort the metrics of a log into panels, by title."""
    names = sorted({name for record in records for name in record} - {"step"})
    panels: dict[str, list[Curve]] = {}
    for name in names:
        points = tuple(
            (float(record["step"]), float(record[name]))
            for record in records
            if name in record and isfinite(record[name])
        )
        if points:
            title = next((f"{group}..." for group in _GROUPS if name.startswith(group)), name)
            panels.setdefault(title, []).append(Curve(name=name, points=smoothed(points)))
    return panels


def smoothed(points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    """Replace every value by the mean of its neighbourhood."""
    reach = int(len(points) * _SMOOTH_SHARE / 2)
    return tuple(
        (step, _mean([value for _, value in points[max(0, index - reach) : index + reach + 1]]))
        for index, (step, _) in enumerate(points)
    )


def draw_panels(panels: Mapping[str, Sequence[Curve]]) -> bytes:
    """Draw panels in a grid.

    Returns:
        A PNG file's bytes.
    """
    rows = -(-len(panels) // _COLUMNS)
    sheet = Image.new("RGB", (_WIDTH * min(_COLUMNS, len(panels)), _HEIGHT * rows), (255, 255, 255))
    pen = ImageDraw.Draw(sheet)
    for number, (title, curves) in enumerate(panels.items()):
        _draw_panel(pen, (number % _COLUMNS * _WIDTH, number // _COLUMNS * _HEIGHT), title, curves)
    buffer = BytesIO()
    sheet.save(buffer, format="PNG")
    return buffer.getvalue()


def _draw_panel(pen: ImageDraw.ImageDraw, corner: tuple[int, int], title: str, curves: Sequence[Curve]) -> None:
    left, top = corner[0] + _LEFT, corner[1] + _TOP
    right, bottom = corner[0] + _WIDTH - _RIGHT, corner[1] + _HEIGHT - _BOTTOM
    steps = [step for curve in curves for step, _ in curve.points]
    values = [value for curve in curves for _, value in curve.points]
    first, last = min(steps), max(*steps, min(steps) + 1)
    low, high = min(values), max(values)
    high = high if high > low else low + max(abs(low), 1e-9) * 0.1
    pen.text((left, corner[1] + 6), title, fill=_INK)
    for line in range(_LINES + 1):
        y = bottom - (bottom - top) * line / _LINES
        pen.line([(left, y), (right, y)], fill=_FAINT)
        pen.text((corner[0] + 4, y - 6), f"{low + (high - low) * line / _LINES:.3g}", fill=_INK)
    pen.text((left, bottom + 6), f"{first:g}", fill=_INK)
    pen.text((right - 40, bottom + 6), f"{last:g}", fill=_INK)
    for number, curve in enumerate(curves):
        colour = _COLOURS[number % len(_COLOURS)]
        path = [
            (
                left + (right - left) * (step - first) / (last - first),
                bottom - (bottom - top) * (value - low) / (high - low),
            )
            for step, value in curve.points
        ]
        pen.line(path if len(path) > 1 else path * 2, fill=colour, width=2)
        if len(curves) > 1:
            pen.text((right - 120, top + 2 + 12 * number), curve.name, fill=colour)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
